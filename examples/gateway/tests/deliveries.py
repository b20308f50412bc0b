"""Delivering webhooks as a provider does: again until they are answered with 200, at once by several connections."""

import random
import threading
import time

from tests import samples
from tests.running import Gateway
from tests.samples import Json


class Deliveries:
    """A number of threads that deliver what they are given to gateways by chance."""

    def __init__(self, gateways: list[Gateway], seed: int, threads: int = 6) -> None:
        self.gateways = gateways
        self.again = 0
        """How often something had to be delivered again."""
        self.done = 0
        self._random = random.Random(seed)
        self._waiting: list[tuple[float, Json]] = []
        self._under_way = 0
        self._lock = threading.Lock()
        self._stopping = False
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def give(self, values: list[Json], times: int = 1) -> None:
        """Delivers these in any order, some of them together in one body, each so many times."""
        with self._lock:
            for _ in range(times):
                left = self._random.sample(values, len(values))
                while left:
                    size = self._random.choice((1, 1, 1, 2, 4))
                    body = samples.webhook(*left[:size])
                    left = left[size:]
                    self._waiting.append((time.monotonic(), body))
            self._random.shuffle(self._waiting)

    def is_idle(self) -> bool:
        with self._lock:
            return not self._waiting and not self._under_way

    def stop(self) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stopping:
            taken = self._take()
            if taken is None:
                time.sleep(0.02)
                continue
            body, gateway = taken
            status = gateway.deliver(body)
            with self._lock:
                self._under_way -= 1
                if status == 200:
                    self.done += 1
                else:
                    self.again += 1
                    self._waiting.append((time.monotonic() + self._random.uniform(0.1, 0.4), body))

    def _take(self) -> tuple[Json, Gateway] | None:
        with self._lock:
            now = time.monotonic()
            due = next((index for index, (when, _) in enumerate(self._waiting) if when <= now), None)
            if due is None:
                return None
            self._under_way += 1
            return self._waiting.pop(due)[1], self._random.choice(self.gateways)
