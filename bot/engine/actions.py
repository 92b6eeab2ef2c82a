"""Custom actions inside the engine process: the same `rasa_sdk` classes, without the HTTP hop."""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """Looks like an action server to Rasa; runs the action with rasa_sdk's executor instead of asking one."""

    def __init__(self) -> None:
        # Without the selective domain Rasa serialises the whole domain for every action; none of ours reads it.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        result: dict[str, Any] = await self._executor.run(kwargs["json"])
        return result
