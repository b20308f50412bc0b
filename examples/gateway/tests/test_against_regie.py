"""Two gateways and a real Regie: whatever the order, however often, what is known in the end is the same.

Needs a binary: REGIE=target/debug/regie. Without it these are skipped. SEED repeats a run.
"""

import fcntl
import os
import random
import sqlite3
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

from tests import samples
from tests.deliveries import Deliveries
from tests.floor import Floor, Source
from tests.running import Gateway, Provider, Regie, external_id, said, wait_for
from tests.samples import Json, webhook
from tests.story import ANSWERS, REFUSED, SENDERS, Moods, Story

BINARY = os.environ.get("REGIE")
SEED = int(os.environ.get("SEED") or random.randrange(1_000_000))
NOTE = "He writes as if he were my boss."
OUR_REACTIONS = ("👍", None, "🎉")


States = dict[str, dict[str, Json]]
"""What is known of each message, by customer and by the provider's id."""


def differences(one: States, other: States) -> Iterator[str]:
    """Where two runs differ, a line for each."""
    for customer in sorted(one.keys() | other.keys()):
        had, has = one.get(customer, {}), other.get(customer, {})
        for key in sorted(had.keys() | has.keys()):
            was, now = had.get(key, {}), has.get(key, {})
            for name in sorted(was.keys() | now.keys()):
                if was.get(name) != now.get(name):
                    text = was.get("text") or now.get("text")
                    yield f"{customer}: {key} ({text}) {name}: {was.get(name)} / {now.get(name)}"


@unittest.skipIf(BINARY is None, "REGIE names no binary")
class AgainstRegie(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        assert BINARY is not None
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.regie = Regie(str(Path(BINARY).resolve()), self.folder)
        self.addCleanup(self.regie.stop)
        self.floor = Floor(self.regie, self.folder)
        self.provider = Provider()
        self.addCleanup(self.provider.stop)

    def gateway(self, source: Source, number: int = 0, **settings: str) -> Gateway:
        """A process of a source. All processes of a source share what they keep."""
        given = {
            "GATEWAY_REGIE_URL": self.regie.url,
            "GATEWAY_REGIE_TOKEN": source.tokens[number],
            "GATEWAY_QUEUE_ID": self.floor.queue_id,
            "GATEWAY_WORKSTREAM_ID": self.floor.workstream_id,
            "GATEWAY_VERIFY_TOKEN": "a word of ours",
            "GATEWAY_ACCESS_TOKEN": "a token of ours",
            "GATEWAY_PHONE_NUMBER_ID": samples.NUMBER_ID,
            "GATEWAY_PROVIDER_URL": self.provider.url,
            "GATEWAY_STATE": str(self.folder / f"{source.name}.db"),
            **settings,
        }
        gateway = Gateway(given, self.folder / f"{source.name}-{number}.log")
        self.addCleanup(gateway.stop)
        return gateway

    def answer_all(self, source: Source, pause: Callable[[], float] = lambda: 0.0) -> None:
        conversations = list(self.floor.conversations(source).values())
        for conversation in conversations:
            self.floor.pick(conversation)
        for answer in ANSWERS:
            for conversation in conversations:
                self.floor.answer(conversation, answer.text, answer.attachments)
                time.sleep(pause())
        for conversation in conversations:
            self.floor.note(conversation, NOTE)
            first = next(iter(self.floor.ids(source, conversation)))
            for emoji in OUR_REACTIONS:
                self.floor.react(first, emoji)

    def states(self, source: Source) -> States:
        known = self.floor.conversations(source)
        return {name: self.floor.read(source, conversation) for name, conversation in sorted(known.items())}

    def all_is_told(self, source: Source) -> bool:
        """Whether Regie knows of each answer what the provider calls it."""
        seen = [self.floor.ids(source, known) for known in self.floor.conversations(source).values()]
        named = {node["externalId"] for messages in seen for node in messages.values()}
        return all(
            external_id(sender, answer.text) in named
            for sender in SENDERS
            for answer in ANSWERS
            if answer is not REFUSED
        )

    def in_order(self, stories: list[Story]) -> States:
        """Everything once, one after the other, by one gateway."""
        source = self.floor.source("ordered", 1)
        gateway = self.gateway(source)
        for story in stories:
            self.assertEqual(gateway.deliver(webhook(story.opening)), 200)
        self.answer_all(source)
        wait_for("each answer is recorded", lambda: self.all_is_told(source))
        for story in stories:
            told = [value for answer in ANSWERS for value in story.statuses(answer)]
            for value in [*told, *story.events, *story.replies]:
                self.assertEqual(gateway.deliver(webhook(value)), 200, value)
        wait_for("every reaction is sent", self.all_reactions_are_sent)
        wait_for("the last is refused", lambda: self.count(gateway, 'act="report"', 'outcome="taken"') >= 25)
        self.assertEqual(gateway.stop(), 0)
        return self.states(source)

    def shuffled(self, stories: list[Story], chance: random.Random) -> States:
        """Everything twice, in any order, at once by two gateways, of which one is restarted meanwhile."""
        source = self.floor.source("shuffled", 2)
        gateways = [self.gateway(source, 0), self.gateway(source, 1)]
        deliveries = Deliveries(gateways, chance.randrange(1_000_000))
        self.addCleanup(deliveries.stop)

        def idle() -> bool:
            return deliveries.is_idle()

        deliveries.give([story.opening for story in stories], times=3)
        wait_for("the openings are taken", idle)
        of = {story.sender: story for story in stories}
        answers = {answer.text: answer for answer in ANSWERS}
        # What the provider says of a message may be here before the gateway has heard that it was taken.
        self.provider.taken = lambda _, sent: (
            deliveries.give(of[sent["to"]].statuses(answers[said(sent)]), times=2) if said(sent) in answers else None
        )
        everything = [value for story in stories for value in story.events]
        deliveries.give(everything, times=2)
        self.answer_all(source, lambda: chance.uniform(0, 0.05))
        self.assertEqual(gateways[0].stop(), 0)
        gateways[0] = self.gateway(source, 0)
        wait_for("each answer is recorded", lambda: self.all_is_told(source))
        wait_for("everything is taken", idle)
        self.assertGreater(deliveries.again, 0, "nothing came before what it is about")
        deliveries.give([value for story in stories for value in story.replies] + everything, times=2)
        wait_for("everything is taken again", idle)
        wait_for("what is refused is recorded", lambda: self.refusals_are_known(source))
        wait_for("every reaction is sent", self.all_reactions_are_sent)
        print(f"delivered {deliveries.done} bodies, {deliveries.again} of them not at once (SEED={SEED})")
        return self.states(source)

    def all_reactions_are_sent(self) -> bool:
        sent = [(message["to"], said(message)) for _, message in self.provider.sent]
        return all((sender, OUR_REACTIONS[-1]) in sent for sender in SENDERS)

    def refusals_are_known(self, source: Source) -> bool:
        states = self.states(source).values()
        return all(state[REFUSED.text]["delivery"]["state"] == "FAILED" for state in states)

    @staticmethod
    def count(gateway: Gateway, *labels: str) -> int:
        lines = (line for line in gateway.get("/metrics").splitlines() if all(label in line for label in labels))
        return sum(int(line.rsplit(" ", 1)[1]) for line in lines)

    def test_order_and_repetition_make_no_difference(self) -> None:
        print(f"SEED={SEED}")
        begin = int(time.time()) - 3600
        stories = [Story(sender, begin) for sender in SENDERS]
        self.provider.answers = Moods()
        ordered = self.in_order(stories)
        self.assertEqual(len(ordered), len(SENDERS))
        self.provider.answers, self.provider.sent = Moods(), []
        shuffled = self.shuffled(stories, random.Random(SEED))
        self.assertEqual(list(differences(ordered, shuffled)), [], f"SEED={SEED}")
        self.everything_is_as_told(ordered)
        self.each_answer_was_sent_once_and_in_order()
        self.logs_say_nothing_of_anybody(stories)

    def everything_is_as_told(self, states: States) -> None:
        """Some of what must be known in the end, so that two runs cannot agree on nothing."""
        for sender, state in zip(SENDERS, states.values(), strict=True):

            def of(name: str, sender: str = sender, state: dict[str, Json] = state) -> Json:
                return state[samples.wamid(f"{sender} {name}")]

            ours = [state[external_id(sender, answer.text)] for answer in ANSWERS if answer is not REFUSED]
            self.assertEqual([message["delivery"]["state"] for message in ours], ["READ", "FAILED", "DELIVERED", "READ"])
            self.assertEqual(ours[1]["delivery"]["errorCode"], "131026")
            self.assertEqual(state[REFUSED.text]["delivery"]["errorCode"], "131026")
            self.assertEqual([reaction["reaction"] for reaction in ours[0]["reactions"]], ["😀"])
            self.assertEqual([reaction["reaction"] for reaction in of("once")["reactions"]], ["❤️"])
            self.assertEqual(of("picture")["reactions"], [])
            self.assertEqual([reaction["reaction"] for reaction in of("opening")["reactions"]], ["🎉"])
            self.assertEqual(of("twice")["text"], "Number 11")
            self.assertIsNotNone(of("twice")["editedAt"])
            for gone in ("gone", "edited and gone", "gone and edited", "file gone"):
                self.assertIsNotNone(of(gone)["removedAt"])
                self.assertEqual((of(gone)["text"], of(gone)["attachments"]), ("", []))
            self.assertEqual((of("captioned")["text"], len(of("captioned")["attachments"])), ("Broken", 1))
            self.assertEqual(of("to ours")["replyTo"], external_id(sender, ANSWERS[0].text))
            self.assertEqual(of("to theirs")["replyTo"], samples.wamid(f"{sender} opening"))
            self.assertIsNone(of("to nothing")["replyTo"])

    def each_answer_was_sent_once_and_in_order(self) -> None:
        for sender in SENDERS:
            sent = [said(message) for _, message in self.provider.sent if message["to"] == sender]
            ours = [answer.text for answer in ANSWERS if answer is not REFUSED]
            self.assertEqual(sent[: len(ours)], ours)
            # A notice brings the reactions as they are when it is read, and may come again: the last one is right.
            self.assertEqual(sent[-1], OUR_REACTIONS[-1])

    def logs_say_nothing_of_anybody(self, stories: list[Story]) -> None:
        secret = [*SENDERS, "Noor", "lamp", "hunter2", "Number 11", NOTE, *(answer.text for answer in ANSWERS)]
        for log in (*self.folder.glob("ordered-*.log"), *self.folder.glob("shuffled-*.log")):
            written = log.read_text()
            for word in (*secret, samples.SECRET, "a token of ours", "a word of ours", "eyJ"):
                self.assertNotIn(word, written, log)

    def test_who_is_let_in_and_what_comes_again(self) -> None:
        source = self.floor.source("door", 1)
        gateway = self.gateway(source)
        now = int(time.time())
        hello = webhook(samples.messages(samples.said(SENDERS[0], "m", now, "Hello?")))
        self.assertEqual(gateway.post(b"{}", "sha256=" + "0" * 64), 401)
        self.assertEqual(gateway.deliver("not a webhook"), 200)
        self.assertEqual(gateway.get("/webhook?hub.mode=subscribe&hub.verify_token=a+word+of+ours&hub.challenge=7"), "7")
        with self.assertRaises(HTTPError) as refused:
            gateway.get("/webhook?hub.mode=subscribe&hub.verify_token=theirs&hub.challenge=7")
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()

        # An edit of what is not there comes again, and what is taken of the same body stays taken.
        edit = samples.edited(SENDERS[0], "e", now, "never", {"type": "text", "text": {"body": "Hi"}})
        mixed = webhook(samples.messages(edit), hello["entry"][0]["changes"][0]["value"])
        self.assertEqual(gateway.deliver(mixed), 503)
        self.assertEqual(len(self.floor.conversations(source)), 1)
        # Of one that is old enough nothing comes any more.
        self.assertEqual(gateway.deliver(webhook(samples.messages({**edit, "timestamp": str(now - 90_000)}))), 200)
        # An edit that stands before its message in one body is done after it.
        early = samples.edited(SENDERS[0], "e2", now, "late", {"type": "text", "text": {"body": "Later"}})
        late = samples.said(SENDERS[0], "late", now - 1, "Late")
        self.assertEqual(gateway.deliver(webhook(samples.messages(early, late))), 200)
        # What Regie never takes does not come again, and is counted.
        blank = samples.said(SENDERS[0], "blank", now, "\u200b")
        self.assertEqual(gateway.deliver(webhook(samples.messages(blank))), 200)
        self.assertEqual(self.count(gateway, 'act="receive"', 'code="INVALID_INPUT"', 'outcome="refused"'), 1)

    def test_a_duplicate_says_whom_to_answer_unless_they_were_erased(self) -> None:
        source = self.floor.source("twice", 1)
        gateway = self.gateway(source)
        now = int(time.time())
        hellos = {
            name: webhook(samples.messages(samples.said(sender, f"m {sender}", now, "Hello?"), name=name))
            for name, sender in (("Noor", SENDERS[0]), ("Bert", SENDERS[1]))
        }
        for hello in hellos.values():
            self.assertEqual(gateway.deliver(hello), 200)
        ids = self.floor.conversations(source)
        self.floor.erase(source, ids["Bert"])
        # As after an end between what Regie took and what was kept of it, and as one has to after an erasure.
        file = sqlite3.connect(self.folder / "twice.db", isolation_level=None)
        self.addCleanup(file.close)
        file.execute("DELETE FROM address")
        for hello in hellos.values():
            self.assertEqual(gateway.deliver(hello), 200)
        kept = file.execute("SELECT conversation, address FROM address").fetchall()
        self.assertEqual(kept, [(ids["Noor"], SENDERS[0])])
        self.assertEqual(gateway.stop(), 0)

    def test_what_is_answered_to_the_very_first_message_is_sent(self) -> None:
        """Also where the gateway has read nothing yet, and the message is delivered again after it was answered."""
        source = self.floor.source("first", 1)
        hello = webhook(samples.messages(samples.said(SENDERS[0], "m", int(time.time()), "Hello?")))
        # It takes webhooks, and does not read what to send: another process does that, and sends nothing.
        with (self.folder / "first.db.sender").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            gateway = self.gateway(source)
            self.assertEqual(gateway.deliver(hello), 200)
            (conversation,) = self.floor.conversations(source).values()
            self.floor.pick(conversation)
            self.floor.answer(conversation, "We look at it.", [])
            self.assertEqual(gateway.deliver(hello), 200)
            self.assertEqual(gateway.stop(), 0)
        gateway = self.gateway(source)
        wait_for("the answer is sent", lambda: [said(message) for _, message in self.provider.sent])
        self.assertEqual(gateway.stop(), 0)

    def test_without_regie_or_a_good_token_everything_comes_again(self) -> None:
        source = self.floor.source("alone", 1)
        now = int(time.time())
        hello = webhook(samples.messages(samples.said(SENDERS[0], "m", now, "Hello?")))
        token = self.folder / "token"
        token.write_text("no.such.token")
        gateway = self.gateway(source, GATEWAY_REGIE_TOKEN_FILE=str(token))
        self.assertEqual(gateway.deliver(hello), 503)
        token.write_text(source.tokens[0])
        self.assertEqual(gateway.deliver(hello), 200)
        self.regie.stop()
        self.assertEqual(gateway.deliver(hello), 503)
        self.assertEqual(gateway.stop(), 0)
