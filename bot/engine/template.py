"""A loaded engine that serves nobody and is forked for each engine that does: `python -m bot.engine.template --model MODEL`.

Engines forked from it share what is loaded (two need 0.8 GB instead of 1.65 GB) and are ready in half a second instead of
seventeen. Orders come as JSON lines on standard input, `{"socket": …, "log": …}`; answers go as JSON lines to standard output,
`{"phase": …}` while loading, `{"pid": …}` for each order, `{"error": …}` at the end of what cannot be loaded.

Only a process with a single thread can be forked safely. So nothing may start one before: no event loop that runs on, no
thread pools of BLAS or OpenMP (the supervisor sets `ONE_THREAD`), no JAX.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from bot.engine.lifeline import end_with_parent
from bot.engine.quiet import quiet
from bot.engine.server import Answering, Load, Phases, create_app, rasa_engine, serve, with_causes

logger = logging.getLogger(__name__)

THREADS = Path("/proc/self/task")

QUESTIONS = ("", "How long does a work permit take?", "工作许可要办多久？")


def shared_rasa(model: Path, phase: Any) -> Answering:
    """A loaded Rasa engine with what its first turns would load, so that this is shared, too.

    Texts are only parsed: a turn would open connections to the store, which processes cannot share.
    """
    without_threads()
    engine = rasa_engine(model, phase)
    phase("loading what engines share")
    importlib.import_module("actions.shared").search()

    async def parse() -> None:
        for text in QUESTIONS:
            await engine.parse(text)

    asyncio.run(parse())
    return engine


def without_threads() -> None:
    """Keep libraries that we use nothing of from starting threads.

    JAX starts five, and bm25s 0.2 and TensorFlow 2.12 import it if it is there (90 MB). tqdm, imported by bm25s, starts one that
    watches progress bars.
    """
    sys.modules["jax"] = None  # type: ignore[assignment]
    importlib.import_module("tqdm").tqdm.monitor_interval = 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--load", default="bot.engine.template:shared_rasa", help="module:function that loads it")
    arguments = parser.parse_args()
    end_with_parent()
    quiet()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)
    importlib.import_module("uvicorn")
    module, _, function = arguments.load.partition(":")
    load: Load = getattr(importlib.import_module(module), function)
    phases = Phases()

    def phase(name: str) -> None:
        phases.enter(name)
        _say({"phase": name})

    try:
        engine = load(arguments.model, phase)
    except Exception as error:
        _say({"error": with_causes(error)})
        raise
    phases.enter("loaded")
    _say({"phase": "loaded"})
    gc.collect()
    gc.freeze()  # else the first collection in an engine would write to, and so copy, every page
    if (threads := _threads()) > 1:
        logger.warning("forking with %d threads: an engine may hang; see bot/engine/template.py", threads)
    _obey(engine, phases)


def _obey(engine: Answering, phases: Phases) -> None:
    """Fork an engine for each order until standard input ends."""
    signal.signal(signal.SIGCHLD, lambda number, frame: _bury())
    # unbuffered: bytes that were read ahead would be copied to the engines
    while order := _line():
        wanted = json.loads(order)
        pid = os.fork()
        if pid == 0:
            _be_an_engine(engine, Path(wanted["socket"]), Path(wanted["log"]), phases)
        _say({"pid": pid})


def _be_an_engine(engine: Answering, socket: Path, log: Path, phases: Phases) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.close(output)
        os.close(nothing)
        serve(create_app(Path(), lambda model, phase: engine, seconds=phases.seconds), socket=socket)
        code = 0
    except BaseException:
        logger.exception("the engine ended")
    finally:
        os._exit(code)  # what the template registered for its own end is not this process's


def _bury() -> None:
    """Let ended engines go; say how they ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        logger.info("engine %d ended with code %d", pid, os.waitstatus_to_exitcode(status))


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return b""
        line += byte
    return line


def _say(answer: dict[str, Any]) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")


def _threads() -> int:
    return len(list(THREADS.iterdir())) if THREADS.exists() else 1


if __name__ == "__main__":
    main()
