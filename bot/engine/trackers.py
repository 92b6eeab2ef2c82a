"""What the engine remembers of conversations: their slots and the form under way, not their words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

REMEMBERED = 10_000
"""Conversations kept; the one unused for longest is forgotten first."""


class SlotTrackerStore(TrackerStore):
    """Keeps the slots and the active form of each conversation in memory and begins every turn from them.

    Rasa replays all events of a conversation at each turn, so that its cost grows (20 ms at turn 10, 163 ms at turn 200
    with its own memory store). Our rules look at the latest message and the slots only.
    """

    def __init__(self, domain: Domain, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._kept: OrderedDict[str, tuple[dict[str, Any], str | None]] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        kept = self._kept.get(sender_id)
        if kept is None:
            return None
        slots, form = kept
        events = [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            *(SlotSet(name, value) for name, value in slots.items()),
            *([ActionExecuted(form), ActiveLoop(form)] if form else []),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
        self._kept[tracker.sender_id] = slots, tracker.active_loop_name
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    async def delete(self, sender_id: str) -> None:
        self._kept.pop(sender_id, None)

    async def keys(self) -> Iterable[str]:
        return list(self._kept)
