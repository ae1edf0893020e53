"""A real PostgreSQL of the tests' own, on loopback, ended with them."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHEELS = ("duckdb_extension_ducklake", "duckdb_extension_postgres_scanner")


def folder() -> Path | None:
    """Where PostgreSQL's programs lie: Debian keeps them off the path."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def missing() -> str:
    """What a lake would need and is not there, in a sentence; or nothing."""
    if any(importlib.util.find_spec(wheel) is None for wheel in WHEELS):
        return "DuckLake's extensions are missing: pip install -r requirements-lake.txt"
    return "" if folder() else "PostgreSQL is missing: apt-get install postgresql"


class Postgres:
    """A server that can be stopped and started; ``address`` names a database as a catalogue."""

    def __init__(self, programs: Path, data: Path, port: int) -> None:
        self.programs, self.data, self.port = programs, data, port
        # PostgreSQL refuses to run as root, and to start in a folder that it may not enter.
        self.owner = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, database: str) -> str:
        return f"ducklake:postgres:host=127.0.0.1 port={self.port} user=kpi dbname={database}"

    def create(self, database: str, template: str = "template1") -> None:
        self.sql(f'create database "{database}" template "{template}"')

    def has(self, database: str) -> bool:
        try:
            self.sql("select 1", database)
        except subprocess.CalledProcessError:
            return False
        return True

    def sql(self, text: str, database: str = "postgres") -> None:
        where = ["-h", "127.0.0.1", "-p", self.port, "-U", "kpi", "-d", database]
        self.run("psql", *where, "-q", "-c", text)

    def start(self) -> None:
        """To be called in the main thread: the server ends with the thread that starts it."""
        settings = {
            "listen_addresses": "127.0.0.1",  # loopback only, and no socket
            "unix_socket_directories": "",
            "fsync": "off",  # it need not outlive the machine
            "max_connections": 200,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [self.programs / "postgres", "-D", self.data, "-p", self.port, *options]
        # However the tests end, so does the server.
        ending = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        with (self.data / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*ending, *map(str, command)],
                stdout=log,
                stderr=log,
                user=self.owner,
                group=self.owner,
                cwd="/",
            )
        end = time.monotonic() + 60
        while self._ready() and time.monotonic() < end:
            time.sleep(0.05)

    def stop(self) -> None:
        """At once, as if the machine were gone."""
        assert self._process
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)

    def _ready(self) -> int:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run([self.programs / "pg_isready", *where], check=False).returncode

    def run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            user=self.owner,
            group=self.owner,
            cwd="/",
        )


@contextmanager
def running(kept: Path | None = None) -> Iterator[Postgres]:
    """A server over an empty folder of its own, or over one that is kept; ended with the tests."""
    programs = folder()
    assert programs
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="kpi-postgres-") as own:
        data = kept or Path(own)
        data.mkdir(parents=True, exist_ok=True)
        server = Postgres(programs, data, port)
        if not any(data.iterdir()):
            if server.owner:
                shutil.chown(data, server.owner, server.owner)
            options = ["-U", "kpi", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
            server.run("initdb", "-D", data, *options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
