"""The provider's Cloud API: what a message of Regie looks like there, and sending it."""

import json
import re
import socket
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from config import Config
from json_values import text

TEXT_CHARACTERS = 4096
CAPTION_CHARACTERS = 1024
PATIENCE = 30.0

TYPES = {"IMAGE": "image", "AUDIO": "audio", "VIDEO": "video", "FILE": "document", "STICKER": "sticker"}
CAPTIONED = ("image", "video", "document")

NOT_THE_MESSAGE = frozenset({0, 1, 2, 3, 4, 10, 190, 368, 80007, 130429, 131000, 131005, 131016, 131031, 131048, 131056,
                             131057, 133004, *range(200, 300)})  # fmt: skip
"""The provider's codes of what is not this message's fault: its own faults, rates, our token and our account. All
others are about the message or whom it is to, and final."""

USER_ID = re.compile(r"[A-Z]{2}\.")
"""How ids of users begin who show no telephone number."""


@dataclass(frozen=True)
class Sent:
    external_id: str


@dataclass(frozen=True)
class Refused:
    """It is never delivered."""

    code: str
    description: str | None


@dataclass(frozen=True)
class Later:
    """Not now."""

    code: str


def parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What to send for a message, in order: the provider's messages have one attachment and shorter texts each."""
    said, sent = message["text"].strip(), [_attachment(attachment) for attachment in message["attachments"]]
    if said and sent and len(said) <= CAPTION_CHARACTERS and sent[0]["type"] in CAPTIONED:
        first = sent[0]
        first[first["type"]]["caption"] = said
    else:
        pieces = [said[begin : begin + TEXT_CHARACTERS] for begin in range(0, len(said), TEXT_CHARACTERS)]
        sent[:0] = [_text(piece) for piece in pieces]
    if sent and (quoted := text(message, "replyTo", "externalId")):
        sent[0]["context"] = {"message_id": quoted}
    return sent


def reaction(message: dict[str, Any]) -> dict[str, Any] | None:
    """What to send for the organisation's reactions to a message: the provider knows one, the last, and only to what the
    customer wrote. An empty one takes it back."""
    if message["author"] != "CUSTOMER" or message["externalId"] is None:
        return None
    ours = [one["reaction"] for one in message["reactions"] if one["author"] != "CUSTOMER"]
    emoji = ours[-1] if ours else ""
    return {"type": "reaction", "reaction": {"message_id": message["externalId"], "emoji": emoji}}


def _text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def _attachment(attachment: dict[str, Any]) -> dict[str, Any]:
    """A file by its address, else by the id that the provider gave it; a place; else what names it."""
    kind, label = attachment["kind"], text(attachment, "label")
    file = {name: known for name, key in (("link", "url"), ("id", "reference")) if (known := text(attachment, key))}
    if kind in TYPES and file:
        name = TYPES[kind]
        media = {"link": file["link"]} if "link" in file else file
        if name == "document" and (file_name := text(attachment, "fileName")):
            media["filename"] = file_name
        return {"type": name, name: media}
    if kind == "LOCATION" and attachment["latitude"] is not None:
        place = {"latitude": attachment["latitude"], "longitude": attachment["longitude"]}
        return {"type": "location", "location": place | ({"name": label} if label else {})}
    named = [known for known in (label, text(attachment, "fileName"), text(attachment, "url")) if known]
    return _text("\n".join(named) or kind.lower())


class Provider:
    def __init__(self, config: Config) -> None:
        self._config = config

    def send(self, part: dict[str, Any], address: str) -> Sent | Refused | Later:
        """Sends one message. One that was sent and not answered is sent again: twice is better than never."""
        to = "recipient" if USER_ID.match(address) else "to"
        message = {"messaging_product": "whatsapp", "recipient_type": "individual", to: address, **part}
        request = Request(
            f"{self._config.provider_url}/{self._config.phone_number_id}/messages",
            json.dumps(message, ensure_ascii=False).encode(),
            {"Authorization": f"Bearer {self._config.access_token}", "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=PATIENCE) as response:
                return Sent(json.loads(response.read())["messages"][0]["id"])
        except HTTPError as error:
            return _refusal(error)
        except (URLError, OSError, socket.timeout, ValueError, KeyError, IndexError, TypeError) as error:
            return Later(type(error).__name__)


def _refusal(error: HTTPError) -> Refused | Later:
    try:
        said = json.loads(error.read())["error"]
        code = int(said["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return Later(f"HTTP_{error.code}")
    if code in NOT_THE_MESSAGE or error.code in (401, 408, 429) or error.code >= 500:
        return Later(str(code))
    return Refused(str(code), text(said, "error_data", "details") or text(said, "message"))
