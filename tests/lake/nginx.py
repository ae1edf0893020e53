"""A real nginx with the settings of ``docs/nginx.conf``, on loopback, ended with the tests."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cases import ROOT

SETTINGS = ROOT / "docs" / "nginx.conf"
#: What the file is included by, and which server answered, for the test to see.
AROUND = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    log_format told '$upstream_addr $status $request_uri';
    access_log {folder}/access.log told;
    {paths}
    {settings}
}}
"""
PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")


@contextmanager
def balancing(servers: Sequence[str], folder: Path) -> Iterator[str]:
    """The one address of several servers, each given as ``127.0.0.1:8501``."""
    command = program()
    assert command
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = SETTINGS.read_text(encoding="utf-8")
    examples = re.findall(r"server (10\.[\d.:]+) ", text)
    for example, server in zip(examples, servers, strict=True):
        text = text.replace(example, server)
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    # Only the test may know which server answers.
    text = text.replace(
        "proxy_buffering off;", "proxy_buffering off; add_header X-Server $upstream_addr;"
    )
    paths = "\n".join(f"{name}_temp_path {folder}/{name};" for name in PATHS)
    (folder / "nginx.conf").write_text(
        AROUND.format(folder=folder, paths=paths, settings=text), encoding="utf-8"
    )
    with subprocess.Popen([command, "-c", folder / "nginx.conf", "-p", folder]) as process:
        try:
            _await(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")
