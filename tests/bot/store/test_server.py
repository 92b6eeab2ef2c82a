from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

import bot.store.server
from bot.store.errors import StoreUnavailable
from bot.store.server import LONGEST_SOCKET, EmbeddedServer

USER = """
import sys
from pathlib import Path
from bot.store.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Not started."""
    server = EmbeddedServer(tmp_path / "data")
    yield server
    server.stop()
    assert not server.alive()


class User:
    """Another process that uses the server of a folder."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def started(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def ask(server: EmbeddedServer, *command: object) -> object:
    with redis.Redis(unix_socket_path=str(server.socket), decode_responses=True) as client:
        return client.execute_command(*command)


def pid(server: EmbeddedServer) -> int:
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        return int(client.info("server")["process_id"])


def kill(server: EmbeddedServer) -> None:
    """SIGKILL once what was written has left the process; until then `everysec` may hold it back for up to two seconds."""
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        while client.info("persistence")["aof_buffer_length"]:
            time.sleep(0.05)
    os.kill(pid(server), signal.SIGKILL)
    while server.alive():
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("port", "0"),
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("maxmemory-policy", "noeviction"),
        ("maxmemory", "0"),
        ("save", ""),
        ("unixsocketperm", "700"),
    ],
)
def test_settings(socket: Path, setting: str, value: str) -> None:
    with redis.Redis(unix_socket_path=str(socket), decode_responses=True) as client:
        assert client.config_get(setting) == {setting: value}


def test_a_stop_and_a_start_keep_the_data(server: EmbeddedServer) -> None:
    server.start()
    ask(server, "SET", "k", "前海")
    first = pid(server)
    server.stop()
    assert not server.alive()
    assert not server.socket.exists()
    server.start()
    assert ask(server, "GET", "k") == "前海"
    assert pid(server) != first


def test_the_data_is_for_its_owner_only(server: EmbeddedServer) -> None:
    server.start()
    ask(server, "SET", "k", "v")
    paths = [server.data_dir, *server.data_dir.iterdir()]
    assert server.data_dir / "appendonly.aof" in paths
    assert [path for path in paths if path.stat().st_mode & 0o077] == []


def test_starting_twice_is_starting_once(server: EmbeddedServer) -> None:
    assert server.start() == server.start()
    server.stop()
    assert not server.alive()
    server.stop()


def test_the_last_to_leave_shuts_it_down(server: EmbeddedServer) -> None:
    other = EmbeddedServer(server.data_dir)
    assert server.start() == other.start()
    first = pid(server)
    server.stop()
    assert pid(other) == first
    other.stop()
    assert not other.alive()


def test_processes_that_start_together_share_one_server(server: EmbeddedServer) -> None:
    users = [User(server.data_dir) for _ in range(4)]
    sockets = {user.started() for user in users}
    assert sockets == {str(server.start())}
    assert server.log.read_text().count("Redis is starting") == 1
    for user in users:
        user.leave()
    assert ask(server, "ECHO", "here") == "here"


def test_it_outlives_the_process_that_started_it(server: EmbeddedServer) -> None:
    user = User(server.data_dir)
    user.started()
    server.start()
    ask(server, "SET", "k", "v")
    user.leave()
    assert ask(server, "GET", "k") == "v"


def test_data_survives_the_kill_of_its_user(server: EmbeddedServer) -> None:
    user = User(server.data_dir)
    user.started()
    ask(server, "SET", "k", "v")
    first = pid(server)
    user.kill()
    server.start()
    assert (pid(server), ask(server, "GET", "k")) == (first, "v")
    server.stop()
    assert not server.alive()


def test_data_survives_the_kill_of_the_server(server: EmbeddedServer) -> None:
    server.start()
    for n in range(1000):
        ask(server, "RPUSH", "list", n)
    kill(server)
    assert server.socket.exists()
    assert server.start() == server.socket
    assert ask(server, "LLEN", "list") == 1000


def test_data_survives_the_kill_of_both(server: EmbeddedServer) -> None:
    user = User(server.data_dir)
    user.started()
    ask(server, "SET", "k", "v")
    user.kill()
    kill(server)
    server.start()
    assert ask(server, "GET", "k") == "v"


def test_reviving(server: EmbeddedServer) -> None:
    server.start()
    kill(server)
    server.revive()
    assert ask(server, "ECHO", "here") == "here"
    server.stop()
    server.revive()
    assert not server.alive()


def test_a_half_written_command_is_dropped(server: EmbeddedServer) -> None:
    server.start()
    ask(server, "SET", "k", "v")
    kill(server)
    with (server.data_dir / "appendonly.aof").open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$10\r\nhal")
    server.start()
    assert (ask(server, "GET", "k"), ask(server, "GET", "x")) == ("v", None)


def test_a_server_that_hangs_gets_no_second_one(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User(server.data_dir)
    user.started()
    number = pid(server)
    monkeypatch.setattr(bot.store.server, "START_TIMEOUT", 0.5)
    monkeypatch.setattr(bot.store.server, "_PROBE", 0.1)
    os.kill(number, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            server.start()
    finally:
        os.kill(number, signal.SIGCONT)
    server.start()
    assert pid(server) == number
    user.leave()


def test_broken_data_is_reported_not_overwritten(server: EmbeddedServer) -> None:
    server.data_dir.mkdir()
    broken = server.data_dir / "appendonly.aof"
    broken.write_bytes(b"this is no Redis data\r\n")
    with pytest.raises(StoreUnavailable, match="Bad file format"):
        server.start()
    assert broken.read_bytes() == b"this is no Redis data\r\n"


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be started"):
        EmbeddedServer(tmp_path / "file" / "data").start()


@pytest.mark.parametrize("name", ["with blanks", "数据", "quo\"te's", "x" * 120])
def test_any_folder(tmp_path: Path, name: str) -> None:
    server = EmbeddedServer(tmp_path / name)
    place = server.start()
    try:
        assert len(os.fsencode(place)) <= LONGEST_SOCKET
        assert ask(server, "ECHO", "here") == "here"
        assert EmbeddedServer(tmp_path / name).socket == place
    finally:
        server.stop()


def test_a_short_place_that_others_can_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    server = EmbeddedServer(tmp_path / ("x" * 120))
    place = server.start()
    server.stop()
    assert not place.parent.exists()
    place.parent.mkdir(mode=0o755)
    try:
        with pytest.raises(StoreUnavailable, match="not ours alone"):
            server.start()
    finally:
        place.parent.rmdir()


def test_the_log_does_not_grow_for_ever(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.store.server, "LOG_SIZE", 1000)
    server.data_dir.mkdir()
    server.log.write_text("old" * 1000)
    server.start()
    assert "old" not in server.log.read_text()
