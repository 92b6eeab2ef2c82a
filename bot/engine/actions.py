"""Custom actions inside the engine process: the same `rasa_sdk` classes, without the HTTP hop."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

logger = logging.getLogger(__name__)

APOLOGY = {
    "zh": "抱歉，刚才出错了，没能回答您（错误编号{}）。请再问一次，或拨打12345。",
    "en": "Sorry, something went wrong and I could not answer (error id {}). Please ask again, or call 12345.",
}


class InProcessActions(EndpointConfig):
    """Looks like an action server to Rasa; runs the action with rasa_sdk's executor instead of asking one."""

    def __init__(self) -> None:
        # Without the selective domain Rasa serialises the whole domain for every action; none of ours reads it.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        call = kwargs["json"]
        try:
            result: dict[str, Any] = await self._executor.run(call)
        except Exception:
            # Rasa would swallow it and leave the person without an answer
            error_id = uuid.uuid4().hex[:8]
            logger.exception("action %s failed, error id %s", call["next_action"], error_id)
            return {"events": [], "responses": _apology(call, error_id)}
        return result


def _apology(call: dict[str, Any], error_id: str) -> list[dict[str, str]]:
    """What the person reads instead; nothing for the action that only keeps the context, since another one will speak."""
    if call["next_action"] == "action_set_context":
        return []
    language = call["tracker"]["slots"].get("language") or "en"
    return [{"text": APOLOGY["zh" if language == "zh" else "en"].format(error_id)}]
