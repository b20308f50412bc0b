"""Webhooks by the published shapes of the Cloud API, filled with people and texts of our own."""

import base64
import hashlib
from typing import Any

NUMBER_ID = "418852006122010"
"""The business number's id."""
SECRET = "a secret of these tests alone"

Json = dict[str, Any]


def wamid(name: str) -> str:
    """An id as the provider makes them: the same for the same name."""
    digest = hashlib.sha256(name.encode()).digest()
    return "wamid." + base64.b64encode(b"\x1d\x07" + digest).decode()


def webhook(*values: Json, field: str = "messages") -> Json:
    """A body with an entry for each value."""
    entries = [{"id": "220411997003", "changes": [{"value": value, "field": field}]} for value in values]
    return {"object": "whatsapp_business_account", "entry": entries}


def _value(number_id: str = NUMBER_ID) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "31201234567", "phone_number_id": number_id},
    }


def messages(*of: Json, name: str | None = "Noor", number_id: str = NUMBER_ID) -> Json:
    """A value with messages of one sender; without a name they show none."""
    contact: Json = {"wa_id": of[0].get("from")} if "from" in of[0] else {"user_id": of[0].get("from_user_id")}
    if name is not None:
        contact["profile"] = {"name": name}
    return {**_value(number_id), "contacts": [contact], "messages": list(of)}


def statuses(*of: Json) -> Json:
    return {**_value(), "statuses": list(of)}


def message(sender: str, name: str, at: int, kind: str, **more: Any) -> Json:
    return {"from": sender, "id": wamid(name), "timestamp": str(at), "type": kind, **more}


def said(sender: str, name: str, at: int, body: str, **more: Any) -> Json:
    return message(sender, name, at, "text", text={"body": body}, **more)


def media(kind: str, media_type: str, **more: Any) -> Json:
    """What a message of this kind has of its file."""
    file_id = str(int.from_bytes(hashlib.sha256(f"{kind}{more}".encode()).digest()[:6], "big"))
    digest = base64.b64encode(hashlib.sha256(kind.encode()).digest()).decode()
    url = f"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid={file_id}"
    return {kind: {"mime_type": media_type, "sha256": digest, "id": file_id, "url": url, **more}}


def edited(sender: str, name: str, at: int, of: str, inner: Json) -> Json:
    edit = {"original_message_id": wamid(of), "message": {"context": {"id": wamid(of)}, **inner}}
    return message(sender, name, at, "edit", edit=edit)


def revoked(sender: str, name: str, at: int, of: str) -> Json:
    return message(sender, name, at, "revoke", revoke={"original_message_id": wamid(of)})


def reacted(sender: str, name: str, at: int, of: str, emoji: str | None) -> Json:
    """A reaction; taken back with an empty emoji, or with none."""
    reaction = {"message_id": of} if emoji is None else {"message_id": of, "emoji": emoji}
    return message(sender, name, at, "reaction", reaction=reaction)


def status(of: str, state: str, at: int, recipient: str, **more: Any) -> Json:
    return {"id": of, "status": state, "timestamp": str(at), "recipient_id": recipient, **more}


FAILURE = {
    "code": 131026,
    "title": "Message undeliverable",
    "message": "Message undeliverable",
    "error_data": {"details": "The recipient cannot be reached now."},
    "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
}

CARD = {
    "name": {"formatted_name": "Bert Kok", "first_name": "Bert", "last_name": "Kok"},
    "phones": [{"phone": "+31 20 765 4321", "wa_id": "31207654321", "type": "WORK"}],
    "emails": [{"email": "bert@shop.example", "type": "WORK"}],
}
