"""Each published shape of a webhook, and the call that it becomes."""

import json
import unittest
from typing import Any

from calls import Act, Call
from shapes import Place, Skipped, read
from tests import samples
from tests.samples import media, message, messages, said, statuses, wamid, webhook

PLACE = Place("queue_1", "ws_1", samples.NUMBER_ID)
NOOR = "31612345678"
AT, INSTANT = 1_790_000_000, "2026-09-21T14:13:20+00:00"


def calls(*values: samples.Json) -> list[Call | Skipped]:
    return list(read(webhook(*values), PLACE))


class Shapes(unittest.TestCase):
    maxDiff = None

    def only(self, value: samples.Json) -> Call:
        (call,) = calls(value)
        assert isinstance(call, Call), call
        return call

    def received(self, kind: str, **shape: Any) -> dict[str, Any]:
        """What Regie gets of a message but for what all messages have."""
        call = self.only(messages(message(NOOR, "m", AT, kind, **shape)))
        self.assertIs(call.act, Act.RECEIVE)
        common = {
            "channel": "WHATSAPP",
            "queueId": "queue_1",
            "workstreamId": "ws_1",
            "customer": {"key": NOOR, "name": "Noor"},
            "externalId": wamid("m"),
            "sentAt": INSTANT,
        }
        for name, value in common.items():
            self.assertEqual(call.input.pop(name), value)
        return call.input

    def attached(self, kind: str, **shape: Any) -> dict[str, Any]:
        """The one attachment of a message without text."""
        received = self.received(kind, **shape)
        self.assertEqual(list(received), ["attachments"])
        (attachment,) = received["attachments"]
        assert isinstance(attachment, dict)
        return attachment

    def test_text(self) -> None:
        self.assertEqual(self.received("text", text={"body": "Hello?"}), {"text": "Hello?"})

    def test_answer_to_a_message(self) -> None:
        context = {"from": "31201234567", "id": wamid("ours")}
        received = self.received("text", text={"body": "Yes."}, context=context)
        self.assertEqual(received, {"text": "Yes.", "replyTo": {"externalId": wamid("ours")}})

    def test_forwarded_is_an_answer_to_nothing(self) -> None:
        received = self.received("text", text={"body": "See this"}, context={"forwarded": True})
        self.assertEqual(received, {"text": "See this"})

    def test_image_with_and_without_a_caption(self) -> None:
        plain, captioned = media("image", "image/jpeg"), media("image", "image/jpeg", caption="Broken")
        attachment = {"kind": "IMAGE", "reference": plain["image"]["id"], "mediaType": "image/jpeg"}
        self.assertEqual(self.received("image", **plain), {"attachments": [attachment]})
        received = self.received("image", **captioned)
        self.assertEqual(received["text"], "Broken")
        self.assertEqual(received["attachments"][0]["reference"], captioned["image"]["id"])

    def test_an_address_that_expires_is_not_kept(self) -> None:
        self.assertNotIn("lookaside", json.dumps(self.received("image", **media("image", "image/jpeg"))))

    def test_voice_video_and_sticker(self) -> None:
        voice = media("audio", "audio/ogg; codecs=opus", voice=True)
        self.assertEqual(self.attached("audio", **voice)["kind"], "AUDIO")
        self.assertEqual(self.attached("video", **media("video", "video/mp4"))["kind"], "VIDEO")
        sticker = media("sticker", "image/webp", animated=False)
        self.assertEqual(self.attached("sticker", **sticker)["kind"], "STICKER")

    def test_document_with_its_name_and_size(self) -> None:
        file = media("document", "application/pdf", filename="Invoice 7.pdf", file_size=48211)
        expected = {
            "kind": "FILE",
            "reference": file["document"]["id"],
            "mediaType": "application/pdf",
            "fileName": "Invoice 7.pdf",
            "size": 48211,
        }
        self.assertEqual(self.attached("document", **file), expected)

    def test_location(self) -> None:
        place = {"latitude": 52.379, "longitude": 4.9, "name": "Station", "address": "Plein 1"}
        expected = {"kind": "LOCATION", "latitude": 52.379, "longitude": 4.9, "label": "Station, Plein 1"}
        self.assertEqual(self.attached("location", location=place), expected)

    def test_a_place_that_is_nowhere_is_something_other(self) -> None:
        for place in ({}, {"latitude": 95, "longitude": 4}, {"latitude": "north"}, None, [1, 2]):
            self.assertEqual(self.attached("location", location=place), {"kind": "OTHER", "label": "location"})

    def test_contacts(self) -> None:
        expected = {"kind": "CONTACT", "label": "Bert Kok, +31 20 765 4321, bert@shop.example"}
        self.assertEqual(self.attached("contacts", contacts=[samples.CARD]), expected)

    def test_more_contacts_than_a_message_has_attachments(self) -> None:
        cards = [{"name": {"formatted_name": f"Agent {number}"}} for number in range(12)]
        received = self.received("contacts", contacts=cards)
        self.assertEqual(len(received["attachments"]), 10)
        self.assertEqual(received["text"], "Agent 10\nAgent 11")

    def test_replies_to_buttons_and_lists(self) -> None:
        button = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, please"}}
        row = {"type": "list_reply", "list_reply": {"id": "3", "title": "Tomorrow", "description": "8 to 12"}}
        self.assertEqual(self.received("interactive", interactive=button), {"text": "Yes, please"})
        self.assertEqual(self.received("interactive", interactive=row), {"text": "Tomorrow"})
        template = {"payload": "STOP", "text": "No more of these"}
        self.assertEqual(self.received("button", button=template), {"text": "No more of these"})

    def test_form(self) -> None:
        form = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{}"}}
        expected = {"text": "Sent", "attachments": [{"kind": "OTHER", "label": "form flow"}]}
        self.assertEqual(self.received("interactive", interactive=form), expected)

    def test_what_the_provider_does_not_support(self) -> None:
        errors = [{"code": 131051, "title": "Message type unknown"}]
        self.assertEqual(
            self.attached("unsupported", errors=errors, unsupported={"type": "poll_creation"}),
            {"kind": "OTHER", "label": "unsupported poll_creation"},
        )
        self.assertEqual(
            self.attached("unsupported", errors=errors),
            {"kind": "OTHER", "label": "unsupported Message type unknown"},
        )

    def test_what_nobody_has_thought_of(self) -> None:
        self.assertEqual(self.attached("hologram", hologram={"id": "7"}), {"kind": "OTHER", "label": "hologram"})
        self.assertEqual(self.attached("text", text={"body": ""}), {"kind": "OTHER", "label": "text"})
        self.assertEqual(self.attached("image", image={}), {"kind": "OTHER", "label": "image"})

    def test_no_profile_name(self) -> None:
        call = self.only(messages(said(NOOR, "m", AT, "Hello?"), name=None))
        self.assertEqual(call.input["customer"], {"key": NOOR})

    def test_a_sender_who_shows_no_number(self) -> None:
        hidden = {"from_user_id": "NL.13491208655302741918", "id": wamid("m"), "timestamp": str(AT)}
        call = self.only(messages({**hidden, "type": "text", "text": {"body": "Hi"}}))
        self.assertEqual(call.input["customer"], {"key": "NL.13491208655302741918", "name": "Noor"})

    def test_edited_text_and_caption(self) -> None:
        text = samples.edited(NOOR, "e", AT, "m", {"type": "text", "text": {"body": "Hello!"}})
        caption = samples.edited(NOOR, "e", AT, "m", {"type": "image", **media("image", "image/jpeg", caption="Torn")})
        bare = samples.edited(NOOR, "e", AT, "m", {"type": "image", **media("image", "image/jpeg")})
        for event, expected in ((text, "Hello!"), (caption, "Torn"), (bare, "")):
            call = self.only(messages(event))
            self.assertIs(call.act, Act.EDIT)
            about = {"channel": "WHATSAPP", "message": {"externalId": wamid("m")}, "at": INSTANT}
            self.assertEqual(call.input, {**about, "text": expected})
            self.assertEqual(call.provider_id, wamid("e"))

    def test_removed(self) -> None:
        call = self.only(messages(samples.revoked(NOOR, "r", AT, "m")))
        self.assertIs(call.act, Act.REMOVE)
        expected = {"channel": "WHATSAPP", "message": {"externalId": wamid("m")}, "at": INSTANT}
        self.assertEqual(call.input, expected)

    def test_reaction_and_its_removal(self) -> None:
        for emoji, expected in (("👍🏽", "👍🏽"), ("", None), (None, None)):
            call = self.only(messages(samples.reacted(NOOR, "r", AT, wamid("ours"), emoji)))
            self.assertIs(call.act, Act.REACT)
            self.assertEqual(call.input["message"], {"externalId": wamid("ours")})
            self.assertEqual(call.input["reaction"], expected)

    def test_statuses(self) -> None:
        states = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "played": "READ"}
        for state, expected in states.items():
            call = self.only(statuses(samples.status(wamid("ours"), state, AT, NOOR)))
            self.assertIs(call.act, Act.DELIVERY)
            about = {"channel": "WHATSAPP", "message": {"externalId": wamid("ours")}, "at": INSTANT}
            self.assertEqual(call.input, {**about, "state": expected})

    def test_a_failure_says_why(self) -> None:
        failed = samples.status(wamid("ours"), "failed", AT, NOOR, errors=[samples.FAILURE])
        call = self.only(statuses(failed))
        self.assertEqual(call.input["state"], "FAILED")
        self.assertEqual(call.input["errorCode"], "131026")
        self.assertEqual(call.input["errorDescription"], "The recipient cannot be reached now.")

    def test_everything_of_one_body_in_its_order(self) -> None:
        body = webhook(
            messages(said(NOOR, "1", AT, "One"), said(NOOR, "2", AT, "Two")),
            statuses(samples.status(wamid("ours"), "read", AT, NOOR)),
            messages(said(NOOR, "3", AT, "Three")),
        )
        ids = [call.provider_id for call in read(body, PLACE)]
        self.assertEqual(ids, [wamid("1"), wamid("2"), wamid("ours"), wamid("3")])

    def test_what_is_not_for_regie_is_said(self) -> None:
        elsewhere = messages(said(NOOR, "m", AT, "Hi"), number_id="1")
        self.assertEqual(calls(elsewhere), [Skipped("another number")])
        self.assertEqual(list(read(webhook({}, field="account_update"), PLACE)), [Skipped("field account_update")])
        deleted = samples.status(wamid("ours"), "deleted", AT, NOOR)
        self.assertEqual(calls(statuses(deleted)), [Skipped("status deleted", wamid("ours"))])

    def test_text_that_regie_cannot_take_is_made_such_as_it_can(self) -> None:
        odd = json.loads('"a\\u0000b\\ud83d"')
        self.assertEqual(self.received("text", text={"body": odd})["text"], "a\ufffdb\ufffd")
        long = self.received("text", text={"body": "😀" * 12_000})["text"]
        self.assertEqual((len(long), long[-1]), (10_000, "…"))

    def test_a_time_that_is_none_is_left_out(self) -> None:
        for time in ("soon", "", None, "9" * 40, "nan", True):
            event = {**said(NOOR, "m", AT, "Hi"), "timestamp": time}
            self.assertNotIn("sentAt", self.only(messages(event)).input)

    def test_malformed_webhooks_are_no_exception(self) -> None:
        """Each value of a whole webhook in turn is something else."""
        body = webhook(
            messages(
                said(NOOR, "1", AT, "One", context={"id": wamid("ours")}),
                message(NOOR, "2", AT, "image", **media("image", "image/jpeg", caption="Broken")),
                message(NOOR, "3", AT, "contacts", contacts=[samples.CARD]),
                samples.edited(NOOR, "4", AT, "1", {"type": "text", "text": {"body": "Hello!"}}),
                samples.reacted(NOOR, "5", AT, wamid("ours"), "👍"),
            ),
            statuses(samples.status(wamid("ours"), "failed", AT, NOOR, errors=[samples.FAILURE])),
        )
        for odd in (None, 7, "", "odd", [], {}, [None], {"id": 7}, True):
            for changed in with_one_replaced(body, odd):
                for call in read(changed, PLACE):
                    json.dumps(call.input if isinstance(call, Call) else call.why)


def with_one_replaced(value: Any, odd: Any) -> list[Any]:
    """The value, once for each place in it that is something odd instead."""
    inner: list[Any] = []
    if isinstance(value, dict):
        for name, known in value.items():
            inner += [{**value, name: changed} for changed in with_one_replaced(known, odd)]
    elif isinstance(value, list):
        for index, known in enumerate(value):
            inner += [[*value[:index], changed, *value[index + 1 :]] for changed in with_one_replaced(known, odd)]
    return [odd, *inner]
