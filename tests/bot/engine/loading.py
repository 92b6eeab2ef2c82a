"""A program that starts a template which never gets loaded. Prints its process id, then waits."""

from __future__ import annotations

import subprocess
import sys

if __name__ == "__main__":
    command = [sys.executable, "-m", "bot.engine.template", "--model", "slow", "--load", "fake_engine:load"]
    template = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert template.stdout
    template.stdout.readline()  # it is loading
    print(template.pid, flush=True)
    template.wait()
