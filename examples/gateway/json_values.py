"""Reading JSON of somebody else: what is not there, or not as expected, is None."""

import math
from typing import Any


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def has(value: Any, *path: str) -> bool:
    return _at(value, path) is not None


def text(value: Any, *path: str) -> str | None:
    """A text that has something in it, such as may be sent on: U+0000 and halves of surrogate pairs, which JSON can
    bring and neither UTF-8 nor databases take, become U+FFFD."""
    found = _at(value, path)
    if not isinstance(found, str) or not found:
        return None
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def number(value: Any, *path: str) -> float | None:
    """A number, also where it is given as a text. Times and sizes beyond reason are none."""
    found = _at(value, path)
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        known = float(found)
    except (ValueError, OverflowError):
        return None
    return known if math.isfinite(known) and abs(known) < 100_000_000_000 else None


def items(value: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    found = _at(value, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
