"""What the gateway is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class ConfigError(Exception):
    """A setting is missing or wrong; the text names it and never shows a secret."""


@dataclass(frozen=True)
class Config:
    """All settings. Secrets are kept out of `repr`, so that no log line can show one."""

    regie_url: str
    """Where Regie's `/graphql` is, without that path."""
    regie_token: str = field(repr=False)
    """A token with the role CUSTOMER_GATEWAY, the channel WHATSAPP and a source; empty where it is in a file."""
    regie_token_file: Path | None
    """A file with the token, read again for each request: so it can be replaced while the gateway runs."""
    queue_id: str
    """Where a conversation that starts waits (`queue_…`)."""
    workstream_id: str
    """The workstream of a conversation that starts (`ws_…`)."""
    language: str
    """In which language customers get Regie's own messages: EN or NL."""
    app_secret: bytes = field(repr=False)
    """The provider signs its webhooks with it."""
    verify_token: str = field(repr=False)
    """What the provider proves itself with when the webhook's address is registered."""
    access_token: str = field(repr=False)
    """For sending."""
    phone_number_id: str
    """The business number that this gateway speaks for."""
    provider_url: str
    """The provider's address with its version, without what follows."""
    host: str
    port: int
    state: Path
    """The SQLite file with what must outlive a restart."""
    give_up_hours: float
    """How old an edit, a reaction or a status may be whose message Regie does not know, before it is let go."""


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """The settings, or a `ConfigError` that says what to mend."""

    def needed(name: str) -> str:
        value = environ.get(name, "").strip()
        if not value:
            raise ConfigError(f"{name} is not set")
        return value

    def or_else(name: str, default: str) -> str:
        return environ.get(name, "").strip() or default

    token_file = environ.get("GATEWAY_REGIE_TOKEN_FILE", "").strip()
    host, _, port = or_else("GATEWAY_LISTEN", "127.0.0.1:8081").rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ConfigError("GATEWAY_LISTEN is not HOST:PORT, such as 127.0.0.1:8081")
    language = or_else("GATEWAY_LANGUAGE", "EN").upper()
    if language not in ("EN", "NL"):
        raise ConfigError("GATEWAY_LANGUAGE is not EN or NL")
    try:
        give_up_hours = float(or_else("GATEWAY_GIVE_UP_HOURS", "24"))
    except ValueError:
        raise ConfigError("GATEWAY_GIVE_UP_HOURS is not a number") from None
    return Config(
        regie_url=or_else("GATEWAY_REGIE_URL", "http://127.0.0.1:8080").rstrip("/"),
        regie_token="" if token_file else needed("GATEWAY_REGIE_TOKEN"),
        regie_token_file=Path(token_file) if token_file else None,
        queue_id=needed("GATEWAY_QUEUE_ID"),
        workstream_id=needed("GATEWAY_WORKSTREAM_ID"),
        language=language,
        app_secret=needed("GATEWAY_APP_SECRET").encode(),
        verify_token=needed("GATEWAY_VERIFY_TOKEN"),
        access_token=needed("GATEWAY_ACCESS_TOKEN"),
        phone_number_id=needed("GATEWAY_PHONE_NUMBER_ID"),
        provider_url=or_else("GATEWAY_PROVIDER_URL", "https://graph.facebook.com/v25.0").rstrip("/"),
        host=host,
        port=int(port),
        state=Path(or_else("GATEWAY_STATE", "gateway.db")),
        give_up_hours=give_up_hours,
    )
