"""What customers do to an organisation, and how it answers: every published shape of a webhook, in its order."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests import samples
from tests.running import Sending, external_id, failure, said
from tests.samples import Json, edited, media, message, messages, reacted, revoked, statuses, wamid

SENDERS = tuple(f"3161234567{number}" for number in range(5))
PICTURE = "https://files.shop.example/7.jpg"


@dataclass(frozen=True)
class Answer:
    """What an agent writes, and what the provider says of it."""

    text: str
    statuses: tuple[str, ...] = ()
    attachments: list[Json] = field(default_factory=list)


ANSWERS = (
    Answer("We look at it at once.", ("sent", "delivered", "read")),
    Answer("It looks like this, doesn't it?", ("sent", "failed"), [{"kind": "IMAGE", "url": PICTURE}]),
    # On one device of the customer it came, on another it failed, later by that one's clock.
    Answer("The new one is on its way.", ("sent", "failed", "delivered")),
    # The provider leaves out what a later status implies.
    Answer("It comes tomorrow.", ("read",)),
    Answer("Nobody gets this one.", ()),
)
REFUSED = ANSWERS[4]


class Story:
    """Of one customer. Times are the provider's, in whole seconds, each later than the one before."""

    def __init__(self, sender: str, begin: int) -> None:
        self.sender = sender
        self._at = begin
        self._name = f"Noor {sender[-1]}"
        self.opening = self._messages(self._said("opening", "Hello? My lamp came broken."))
        self.events = [*self._edits(), *self._kinds(), *self._reactions()]
        self.replies = self._replies()

    def statuses(self, answer: Answer) -> list[Json]:
        """What the provider says of an answer of ours that it took just now."""
        of, now = external_id(self.sender, answer.text), int(time.time())
        more = {"failed": {"errors": [samples.FAILURE]}}
        # The clock of who delivers is behind that of who sends.
        behind = {"delivered": 3, "read": 2}
        return [
            statuses(samples.status(of, state, now - behind.get(state, 0), self.sender, **more.get(state, {})))
            for state in answer.statuses
        ]

    def _edits(self) -> list[Json]:
        values = [
            self._said("once", "It is red"),
            self._edited("once", {"type": "text", "text": {"body": "It is blue"}}),
            self._said("twice", "Nummer 1"),
            self._edited("twice", {"type": "text", "text": {"body": "Number 1"}}),
            self._edited("twice", {"type": "text", "text": {"body": "Number 11"}}),
            self._said("gone", "My password is hunter2"),
            self._revoked("gone"),
            self._said("edited and gone", "My address is"),
            self._edited("edited and gone", {"type": "text", "text": {"body": "My address is Plein 1"}}),
            self._revoked("edited and gone"),
            # Removed on one device, edited on another that did not know of it yet.
            self._said("gone and edited", "Call me"),
            self._revoked("gone and edited"),
            self._edited("gone and edited", {"type": "text", "text": {"body": "Call me back"}}),
            self._message("captioned", "image", **media("image", "image/jpeg", caption="Brocken")),
            self._edited("captioned", {"type": "image", **media("image", "image/jpeg", caption="Broken")}),
            self._message("file gone", "document", **media("document", "application/pdf", filename="Private.pdf")),
            self._revoked("file gone"),
        ]
        return [self._messages(value) for value in values]

    def _kinds(self) -> list[Json]:
        button = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, please"}}
        row = {"type": "list_reply", "list_reply": {"id": "3", "title": "Tomorrow", "description": "8 to 12"}}
        place = {"latitude": 52.379, "longitude": 4.9, "name": "Station"}
        poll = {"unsupported": {"type": "poll_creation"}, "errors": [{"code": 131051, "title": "Message type unknown"}]}
        values = [
            self._message("picture", "image", **media("image", "image/jpeg")),
            self._message("voice", "audio", **media("audio", "audio/ogg; codecs=opus", voice=True)),
            self._message("film", "video", **media("video", "video/mp4", caption="It flickers")),
            self._message("file", "document", **media("document", "application/pdf", filename="Bill.pdf", file_size=48211)),
            self._message("sticker", "sticker", **media("sticker", "image/webp", animated=False)),
            self._message("place", "location", location=place),
            self._message("cards", "contacts", contacts=[samples.CARD, samples.CARD]),
            self._message("button", "interactive", interactive=button),
            self._message("row", "interactive", interactive=row),
            self._message("template", "button", button={"payload": "STOP", "text": "No more of these"}),
            self._message("poll", "unsupported", **poll),
            self._message("new kind", "hologram", hologram={"id": "7"}),
        ]
        several = messages(self._said("first of two", "One"), self._said("second of two", "Two"), name=None)
        return [*(self._messages(value) for value in values), several]

    def _reactions(self) -> list[Json]:
        ours = external_id(self.sender, ANSWERS[0].text)
        values = [
            self._reacted(wamid(self._of("once")), "👍"),
            self._reacted(wamid(self._of("once")), "❤️"),
            self._reacted(wamid(self._of("picture")), "😡"),
            self._reacted(wamid(self._of("picture")), ""),
            self._reacted(ours, "🙏🏽"),
            self._reacted(ours, None),
            self._reacted(ours, "😀"),
        ]
        return [self._messages(value) for value in values]

    def _replies(self) -> list[Json]:
        quoted = {
            "to ours": external_id(self.sender, ANSWERS[0].text),
            "to theirs": wamid(self._of("opening")),
            "to nothing": wamid("from before our time"),
        }
        return [
            self._messages(self._said(name, f"That {name}", context={"from": "31201234567", "id": of}))
            for name, of in quoted.items()
        ]

    def _of(self, name: str) -> str:
        return f"{self.sender} {name}"

    def _next(self) -> int:
        self._at += 2
        return self._at

    def _messages(self, value: Json) -> Json:
        return messages(value, name=self._name)

    def _said(self, name: str, body: str, **more: Any) -> Json:
        return samples.said(self.sender, self._of(name), self._next(), body, **more)

    def _message(self, name: str, kind: str, **more: Any) -> Json:
        return message(self.sender, self._of(name), self._next(), kind, **more)

    def _edited(self, of: str, inner: Json) -> Json:
        at = self._next()
        return edited(self.sender, self._of(f"edit {at}"), at, self._of(of), inner)

    def _revoked(self, of: str) -> Json:
        at = self._next()
        return revoked(self.sender, self._of(f"revoke {at}"), at, self._of(of))

    def _reacted(self, of: str, emoji: str | None) -> Json:
        at = self._next()
        return reacted(self.sender, self._of(f"react {at}"), at, of, emoji)


class Moods:
    """How the provider answers: sometimes not at first, and never what cannot be delivered."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def __call__(self, sent: Json) -> Sending | None:
        address, text = sent["to"], said(sent)
        if text == REFUSED.text:
            return failure(400, 131026, "Message undeliverable")
        if (address, text) in self._seen:
            return None
        self._seen.add((address, text))
        if address == SENDERS[0] and text == ANSWERS[0].text:
            return 502, {}
        if address == SENDERS[1] and text == ANSWERS[1].text:
            return failure(400, 131056, "Too many messages to this recipient")
        return None
