"""nlp.js in a folder of its own: installed by npm, every package in the version and with the hash of the lock file."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MANIFEST = Path(__file__).parent / "nlpjs"
FILES = ("package.json", "package-lock.json")


class NodeMissing(Exception):
    """There is no Node.js, or nlp.js could not be installed; the message says which."""


def install(directory: Path) -> Path:
    """`node_modules` below `directory` with nlp.js in it, installed if it is not there yet. Raises NodeMissing."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise NodeMissing("Node.js with npm is not installed.")
    ready = directory / ".ready"
    wanted = (MANIFEST / "package-lock.json").read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        directory.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(MANIFEST / name, directory / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise NodeMissing(f"npm could not install nlp.js: {done.stderr.strip()[-300:]}")
        ready.write_text(wanted, encoding="utf-8")
    return directory / "node_modules"


def environment(node_modules: Path) -> dict[str, str]:
    """The environment in which Node.js finds what is installed."""
    return {**os.environ, "NODE_PATH": str(node_modules)}
