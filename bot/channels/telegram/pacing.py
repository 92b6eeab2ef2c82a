"""How fast messages may go: to one chat, to a group, to all. Pure; time is given, in seconds of any one clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """At most `burst` at once, then `per_second`."""

    per_second: float
    burst: int


CHAT = Rate(1.0, 3)
GROUP = Rate(15 / 60, 5)
"""Never more than 20 within any minute."""
OVERALL = Rate(25.0, 5)
"""Never more than 30 within any second."""
REQUESTS = Rate(20.0, 10)
"""Requests that show no message (typing …), left out when there are too many."""

FORGET = 10_000
"""Chats from which on those that are long idle are forgotten."""


class Bucket:
    """Tokens of one rate (generic cell rate algorithm)."""

    def __init__(self, rate: Rate) -> None:
        self._interval = 1 / rate.per_second
        self._ahead = self._interval * (rate.burst - 1)
        self._due = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until one may go."""
        return max(0.0, self._due - self._ahead - now)

    def take(self, now: float) -> None:
        self._due = max(self._due, now) + self._interval

    def idle(self, now: float) -> bool:
        return self._due <= now


class Pace:
    """The budgets of all chats, and pauses that Telegram asked for."""

    def __init__(self, chat: Rate = CHAT, group: Rate = GROUP, overall: Rate = OVERALL) -> None:
        self._rates = {False: chat, True: group}
        self._chat = chat
        self._overall = Bucket(overall)
        self._requests = Bucket(REQUESTS)
        self._buckets: dict[int, list[Bucket]] = {}
        self._pauses: dict[int, float] = {}

    def wait(self, chat: int, group: bool, now: float) -> float:
        """Seconds until the chat may get a message, as far as only that chat counts."""
        pause = self._pauses.get(chat, now) - now
        return max(0.0, pause, *(bucket.wait(now) for bucket in self._of(chat, group)))

    def take(self, chat: int, group: bool, now: float) -> float:
        """Use up what one message takes; the seconds it has to wait until there is room among all others."""
        for bucket in self._of(chat, group):
            bucket.take(now)
        wait = self._overall.wait(now)
        self._overall.take(now)
        self._prune(now)
        return wait

    def spare(self, chat: int, now: float) -> bool:
        """Whether there is room for a request that nobody misses; uses it up."""
        if self._requests.wait(now) > 0 or self._pauses.get(chat, now) > now:
            return False
        self._requests.take(now)
        return True

    def pause(self, chat: int, seconds: float, now: float) -> None:
        """Nothing goes to the chat for so long."""
        self._pauses[chat] = max(self._pauses.get(chat, now), now + seconds)

    def _of(self, chat: int, group: bool) -> list[Bucket]:
        if chat not in self._buckets:
            self._buckets[chat] = [Bucket(self._chat), *([Bucket(self._rates[True])] if group else [])]
        return self._buckets[chat]

    def _prune(self, now: float) -> None:
        if len(self._buckets) > FORGET:
            self._buckets = {c: b for c, b in self._buckets.items() if not all(each.idle(now) for each in b)}
            self._pauses = {c: until for c, until in self._pauses.items() if until > now}
