"""What happened, counted, for `/metrics`. Labels are names and codes, never what anybody wrote."""

import threading
from collections import Counter


class Counts:
    """Counters in the text format that Prometheus reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()

    def add(self, name: str, **labels: str) -> None:
        """One more of `gateway_NAME_total`."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += 1

    def text(self) -> str:
        with self._lock:
            counted = sorted(self._counts.items())
        lines = []
        for (name, labels), count in counted:
            inside = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
            lines.append(f"gateway_{name}_total{{{inside}}} {count}\n")
        return "".join(lines)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
