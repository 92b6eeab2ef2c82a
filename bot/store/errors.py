"""What can go wrong with the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store did not do what it was asked."""


class StoreUnavailable(StoreError):
    """Redis cannot be reached or started, took too long, or refused a command (full disk, wrong password)."""


class TooNew(StoreError):
    """What is stored was written by a newer version of this program, which alone can read it."""
