"""From the shapes of the provider's webhooks to calls of Regie. Pure: nothing is asked and nothing is kept.

A webhook is read with suspicion: what is not as published becomes less, never an exception. Whatever a customer sends
becomes a message, of kind OTHER where nothing else fits, so that nothing is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from calls import CHANNEL, Act, Call
from json_values import has, items, number, text

TEXT_CHARACTERS = 10_000
"""The longest text that Regie takes."""
ATTACHMENTS = 10
"""As many attachments as a message may have."""

MEDIA = {"image": "IMAGE", "audio": "AUDIO", "voice": "AUDIO", "video": "VIDEO", "document": "FILE", "sticker": "STICKER"}
STATES = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "played": "READ", "failed": "FAILED"}


@dataclass(frozen=True)
class Place:
    """Where a conversation that starts waits, and for which business number."""

    queue_id: str
    workstream_id: str
    phone_number_id: str


@dataclass(frozen=True)
class Skipped:
    """Something in a webhook that is not for Regie."""

    why: str
    provider_id: str = ""


def read(webhook: Any, place: Place) -> Iterator[Call | Skipped]:
    """All that a webhook brings, in its order: messages, then statuses, of each change of each entry."""
    for entry in items(webhook, "entry"):
        for change in items(entry, "changes"):
            if text(change, "field") != "messages":
                yield Skipped(f"field {text(change, 'field') or '?'}")
                continue
            value = change.get("value")
            if text(value, "metadata", "phone_number_id") != place.phone_number_id:
                yield Skipped("another number")
                continue
            for message in items(value, "messages"):
                yield _message(message, value, place)
            for status in items(value, "statuses"):
                yield _status(status)
            for error in items(value, "errors"):
                yield Skipped(f"error {_word(error, 'code')}")


def _message(message: dict[str, Any], value: Any, place: Place) -> Call | Skipped:
    """What one of `messages` asks for."""
    provider_id, kind = text(message, "id"), text(message, "type") or "unknown"
    if not provider_id or len(provider_id) > 255:
        return Skipped("a message without an id")
    match kind:
        case "edit":
            return _edit(message, provider_id)
        case "revoke":
            of = text(message, "revoke", "original_message_id")
            return _about(Act.REMOVE, of, message, provider_id, {})
        case "reaction":
            of = text(message, "reaction", "message_id")
            # Taken back: the emoji is empty, or left out.
            return _about(Act.REACT, of, message, provider_id, {"reaction": text(message, "reaction", "emoji") or None})
    sender = text(message, "from") or text(message, "from_user_id")
    if not sender:
        return Skipped("a message without a sender", provider_id)
    said, attachments = content(message, kind)
    received: dict[str, Any] = {
        "channel": CHANNEL,
        "queueId": place.queue_id,
        "workstreamId": place.workstream_id,
        "customer": {"key": sender},
        "externalId": provider_id,
    }
    if name := _profile_name(value, sender):
        received["customer"]["name"] = name
    if said:
        received["text"] = _fitting(said)
    if attachments:
        received["attachments"] = attachments
    if quoted := text(message, "context", "id"):
        received["replyTo"] = {"externalId": quoted}
    at = number(message, "timestamp")
    if at is not None:
        received["sentAt"] = _instant(at)
    return Call(Act.RECEIVE, received, provider_id, at)


def content(message: dict[str, Any], kind: str) -> tuple[str | None, list[dict[str, Any]]]:
    """What a message says, and what is attached to it."""
    if kind in MEDIA and has(message, kind, "id"):
        return text(message, kind, "caption"), [_media(message[kind], MEDIA[kind])]
    match kind:
        case "text":
            if said := text(message, "text", "body"):
                return said, []
        case "button":
            if said := text(message, "button", "text"):
                return said, []
        case "interactive":
            for reply in ("button_reply", "list_reply"):
                if said := text(message, "interactive", reply, "title"):
                    return said, []
            if form := text(message, "interactive", "nfm_reply", "name"):
                return text(message, "interactive", "nfm_reply", "body"), [_other(f"form {form}")]
        case "location":
            if (place := _location(message.get("location"))) is not None:
                return None, [place]
        case "contacts":
            if cards := [_card(card) for card in items(message, "contacts")]:
                # A message has ten attachments; further cards are in its text.
                more = "\n".join(card["label"] for card in cards[ATTACHMENTS:])
                return more or None, cards[:ATTACHMENTS]
        case "unsupported":
            what = text(message, "unsupported", "type") or _first_title(message)
            return None, [_other(f"unsupported {what}" if what else "unsupported")]
        case "order":
            return text(message, "order", "text"), [_other("order")]
        case "system":
            return text(message, "system", "body"), [_other(f"system {text(message, 'system', 'type') or ''}".strip())]
    return None, [_other(kind)]


def _edit(message: dict[str, Any], provider_id: str) -> Call | Skipped:
    """The customer edited a text or a caption; the file of a caption stays what it was."""
    edited = message.get("edit")
    inner = edited.get("message") if isinstance(edited, dict) else None
    kind = text(inner, "type") or ""
    said = text(inner, "text", "body") if kind == "text" else text(inner, kind, "caption")
    of = text(message, "edit", "original_message_id")
    return _about(Act.EDIT, of, message, provider_id, {"text": _fitting(said or "")})


def _status(status: dict[str, Any]) -> Call | Skipped:
    """How far a message of ours came."""
    provider_id = text(status, "id")
    state = STATES.get(text(status, "status") or "")
    if provider_id is None or state is None:
        return Skipped(f"status {text(status, 'status') or '?'}", provider_id or "")
    why: dict[str, Any] = {"state": state}
    if state == "FAILED" and (errors := items(status, "errors")):
        details = text(errors[0], "error_data", "details") or text(errors[0], "message") or text(errors[0], "title")
        why |= {"errorCode": _word(errors[0], "code"), "errorDescription": details}
    return _about(Act.DELIVERY, provider_id, status, provider_id, why)


def _about(act: Act, of: str | None, source: Any, provider_id: str, more: dict[str, Any]) -> Call | Skipped:
    """A call about the message that the provider knows by `of`."""
    if not of or len(of) > 255:
        return Skipped(f"{act.name.lower()} of no message", provider_id)
    at = number(source, "timestamp")
    asked: dict[str, Any] = {"channel": CHANNEL, "message": {"externalId": of}, **more}
    if at is not None:
        asked["at"] = _instant(at)
    return Call(act, asked, provider_id, at)


def _media(media: dict[str, Any], kind: str) -> dict[str, Any]:
    """A file, by the provider's id of it: its address ends after minutes, and needs our token."""
    attachment: dict[str, Any] = {"kind": kind, "reference": text(media, "id")}
    for field, name in (("mediaType", "mime_type"), ("fileName", "filename"), ("label", "emoji")):
        if (known := text(media, name)) is not None:
            attachment[field] = known
    if (size := number(media, "file_size")) is not None and size >= 0:
        attachment["size"] = size
    return attachment


def _location(location: Any) -> dict[str, Any] | None:
    """A place, if its coordinates are some."""
    latitude, longitude = number(location, "latitude"), number(location, "longitude")
    label = ", ".join(known for part in ("name", "address") if (known := text(location, part)))
    attachment: dict[str, Any] = {"kind": "LOCATION"}
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
        attachment |= {"latitude": latitude, "longitude": longitude}
    if label:
        attachment["label"] = label
    return attachment if len(attachment) > 1 else None


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """A contact card: the name, and how to reach whom it is of."""
    phones = [text(phone, "phone") or text(phone, "wa_id") for phone in items(card, "phones")]
    emails = [text(email, "email") for email in items(card, "emails")]
    parts = [text(card, "name", "formatted_name"), *phones, *emails]
    return {"kind": "CONTACT", "label": ", ".join(part for part in parts if part) or "contact"}


def _other(label: str) -> dict[str, Any]:
    return {"kind": "OTHER", "label": label}


def _first_title(message: dict[str, Any]) -> str | None:
    return next((text(error, "title") for error in items(message, "errors")), None)


def _profile_name(value: Any, sender: str) -> str | None:
    """The name that the sender goes by; none: they show none."""
    for contact in items(value, "contacts"):
        if sender in (text(contact, "wa_id"), text(contact, "user_id")):
            return text(contact, "profile", "name")
    return None


def _fitting(said: str) -> str:
    """As much as Regie takes."""
    return said if len(said) <= TEXT_CHARACTERS else said[: TEXT_CHARACTERS - 1] + "…"


def _instant(seconds: float) -> str:
    """What the provider gives as seconds since 1970."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _word(value: Any, name: str) -> str | None:
    """A code, which the provider gives as a number; no longer than Regie takes."""
    known = value.get(name) if isinstance(value, dict) else None
    return (str(known) if isinstance(known, int) else text(value, name) or "")[:64] or None
