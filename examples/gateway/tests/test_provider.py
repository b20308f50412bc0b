"""What a message of Regie becomes at the provider."""

import unittest
from typing import Any

from provider import parts, reaction


def message(text: str = "", attachments: tuple[dict[str, Any], ...] = (), reply_to: str | None = None) -> dict[str, Any]:
    empty = dict.fromkeys(("url", "reference", "fileName", "label", "latitude", "longitude"))
    return {
        "text": text,
        "attachments": [{**empty, **attachment} for attachment in attachments],
        "replyTo": None if reply_to is None else {"externalId": reply_to},
    }


PICTURE = {"kind": "IMAGE", "url": "https://files.shop.example/7.jpg"}


class Parts(unittest.TestCase):
    def test_text_that_answers_a_message(self) -> None:
        expected = [{"type": "text", "text": {"body": "Yes."}, "context": {"message_id": "wamid.1"}}]
        self.assertEqual(parts(message("Yes.", reply_to="wamid.1")), expected)

    def test_a_picture_has_the_text_as_its_caption(self) -> None:
        expected = [{"type": "image", "image": {"link": PICTURE["url"], "caption": "Like this"}}]
        self.assertEqual(parts(message("Like this", (PICTURE,))), expected)

    def test_a_text_too_long_for_a_caption_goes_before(self) -> None:
        first, second = parts(message("a" * 1025, (PICTURE,)))
        self.assertEqual((first["type"], second), ("text", {"type": "image", "image": {"link": PICTURE["url"]}}))

    def test_a_long_text_is_several_messages_and_none_of_it_is_lost(self) -> None:
        text = "".join(chr(97 + number % 26) for number in range(10_000))
        sent = parts(message(text))
        self.assertEqual([len(part["text"]["body"]) for part in sent], [4096, 4096, 1808])
        self.assertEqual("".join(part["text"]["body"] for part in sent), text)

    def test_each_attachment_is_a_message(self) -> None:
        file = {"kind": "FILE", "reference": "771", "fileName": "Terms.pdf"}
        place = {"kind": "LOCATION", "latitude": 52.0, "longitude": 4.9, "label": "Shop"}
        other = {"kind": "CONTACT", "label": "Bert Kok"}
        self.assertEqual(
            parts(message("", (file, place, other))),
            [
                {"type": "document", "document": {"id": "771", "filename": "Terms.pdf"}},
                {"type": "location", "location": {"latitude": 52.0, "longitude": 4.9, "name": "Shop"}},
                {"type": "text", "text": {"body": "Bert Kok"}},
            ],
        )

    def test_a_voice_note_has_no_caption(self) -> None:
        voice = {"kind": "AUDIO", "url": "https://files.shop.example/7.ogg"}
        self.assertEqual([part["type"] for part in parts(message("Listen", (voice,)))], ["text", "audio"])

    def test_nothing_is_sent_of_an_erased_message(self) -> None:
        self.assertEqual(parts(message("")), [])


class Reactions(unittest.TestCase):
    def react(self, *given: tuple[str, str], author: str = "CUSTOMER", external: str | None = "wamid.1") -> Any:
        reactions = [{"author": by, "reaction": emoji} for by, emoji in given]
        return reaction({"author": author, "externalId": external, "reactions": reactions})

    def test_the_last_of_ours(self) -> None:
        expected = {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "🎉"}}
        self.assertEqual(self.react(("AGENT", "👍"), ("SUPERVISOR", "🎉"), ("CUSTOMER", "😡")), expected)

    def test_none_of_ours_takes_it_back(self) -> None:
        expected = {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}}
        self.assertEqual(self.react(("CUSTOMER", "😡")), expected)

    def test_to_what_the_provider_does_not_know_there_is_none(self) -> None:
        self.assertIsNone(self.react(("AGENT", "👍"), external=None))
        self.assertIsNone(self.react(("AGENT", "👍"), author="AGENT"))
