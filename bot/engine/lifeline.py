"""A process that ends with the one that started it, even when that one is killed.

The starter keeps the writing end of a pipe and gives the reading end to its engines, its number in `ENGINE_LIFELINE`. The
kernel closes the writing end when the starter dies, however it dies.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import threading
import time

VARIABLE = "ENGINE_LIFELINE"

GRACE = 12.0
"""Seconds for an orderly end; a little more than a shutdown's own grace."""


class Lifeline:
    """The starter's side of the pipe. fd: to pass to engines."""

    def __init__(self) -> None:
        self.fd, self._kept = os.pipe()

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.fd)}

    def close(self) -> None:
        """Let go: engines that still live end themselves."""
        os.close(self.fd)
        os.close(self._kept)


def watch_lifeline(grace: float = GRACE) -> None:
    """End this process when its starter is gone: SIGTERM at once, without mercy `grace` seconds later."""
    number = os.environ.get(VARIABLE)
    if not number:
        return
    poll = select.poll()
    poll.register(int(number), 0)  # hang-ups only: several engines share the pipe and none may read from it

    def watch() -> None:
        poll.poll()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def end_with_parent() -> None:
    """Be killed when the process that started this one dies (Linux only; a pipe on standard input has to tell elsewhere).

    For a process that may have no threads and whose own children shall live on.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
