"""What can go wrong between gateway and engine."""

from __future__ import annotations


class EngineError(Exception):
    """The engine gave no answer."""


class EngineNotReady(EngineError):
    """The engine is still loading; the same turn can be sent again."""


class EngineFailed(EngineError):
    """The engine died or broke on the turn."""
