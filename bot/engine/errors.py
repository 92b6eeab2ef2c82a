"""What can go wrong between gateway and engine."""

from __future__ import annotations


class EngineError(Exception):
    """The engine gave no answer."""


class EngineNotReady(EngineError):
    """The turn surely did not run: loading, shutting down or nobody there. The same turn can be sent again."""


class EngineFailed(EngineError):
    """The engine died or broke on the turn, which may have run."""


class EngineUnreachable(EngineFailed):
    """No connection to the engine: unlike with other failures the turn surely did not run."""


class EngineUnresponsive(EngineFailed):
    """The engine took a turn and did not answer in time, or the connection broke: the turn may have run."""


class EngineConflict(EngineFailed):
    """The conversation was changed by another engine meanwhile; nothing of the turn was kept."""
