from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import bot

RASA_SIDE = {
    "bot.engine.agent",
    "bot.engine.actions",
    "bot.engine.patches",
    "bot.engine.redis_trackers",
    "bot.engine.trainer",
}
RUNS_WHEN_IMPORTED = {"bot.__main__"}

IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_gateway_imports_neither_rasa_nor_tensorflow() -> None:
    every = {module.name for module in pkgutil.walk_packages(bot.__path__, "bot.")}
    assert every > RASA_SIDE | RUNS_WHEN_IMPORTED
    names = json.dumps(sorted(every - RASA_SIDE - RUNS_WHEN_IMPORTED))
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL, names], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert {"bot", "catalog"} <= loaded
    assert not loaded & {"rasa", "rasa_sdk", "tensorflow", "keras"}
