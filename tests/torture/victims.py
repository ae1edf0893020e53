"""What is killed or starved in these tests: each act of a store in a process of its own.

The processes are forked from one that has imported everything and opened nothing, so that a kill
falls into the act and not into the start of Python.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import ModuleType

from click.testing import CliRunner

from kpi import backup, catalogue, cli, commentary, settings
from kpi.store import Store

LIMIT = 10_000_000
WORKERS = 2_000  # rows of the file that is loaded
HEAD = "month,team,worker_ref,role,employment,fte,nqsw,cases,supervision_due,supervision_held\n"
PATIENCE = 120  # seconds after which an act that says nothing has failed


@dataclass(frozen=True)
class Answer:
    """What became of an act: ``said`` is its last word, ``status`` null when it was killed."""

    status: int | None
    said: str = ""
    fault: str = ""


# ---- the acts: each is done to the store that KPI_STORE names ----


def load(number: str) -> Answer:
    """Publish a month of caseloads that no other number publishes."""
    file = Path(os.environ["KPI_TORTURE_FILES"]) / f"caseloads-{number}.csv"
    return _command("load", str(file), "--by", "officer", "--reason", f"Load number {number}")


def withdraw(load_id: str) -> Answer:
    return _command(
        "withdraw", load_id, "--by", "officer", "--reason", f"Withdrawn {load_id} again"
    )


def copy(path: str) -> Answer:
    return _command("backup", path)


def upgrade(_: str) -> Answer:
    """Open a store of an older version, which brings it up to this one."""
    return _command("loads")


def verify(_: str) -> Answer:
    return _command("check")


def remark(number: str) -> Answer:
    """Publish a commentary as the form on the measure's page does."""
    return _said(lambda: _remark(number))


def _remark(number: str) -> str:
    store = Store(os.environ["KPI_STORE"], catalogue.read(settings.read().reference))
    note = commentary.Note(
        kpi_id="cp_repeat", period=date(2025, 3, 1), so_what=f"Said for the time number {number}"
    )
    done = commentary.publish(store, note, "officer", f"Remark number {number}", LIMIT)
    return f"Published as load {done.load_id}"


def _command(*arguments: str) -> Answer:
    done = CliRunner().invoke(cli.main, list(arguments))
    unforeseen = done.exception if not isinstance(done.exception, SystemExit) else None
    return Answer(done.exit_code, done.output.strip(), repr(unforeseen) if unforeseen else "")


def _said(act: Callable[[], str]) -> Answer:
    try:
        return Answer(0, act())
    except (commentary.CommentaryRefused, cli.publication.PublicationRefused) as error:
        return Answer(1, f"Error: {error}")
    except backup.StoreUnavailable as error:
        return Answer(3, f"Error: {error}")
    except Exception as error:
        return Answer(1, "", repr(error))


ACTS = {act.__name__: act for act in (load, withdraw, copy, upgrade, verify, remark)}


# ---- the processes ----


@cache
def _forked() -> ForkServerContext:
    """What forks the processes; it is started with the paths that imports are found on."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        with _no_main():
            forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return context


def write_file(folder: Path, number: int) -> None:
    rows = "".join(
        f"2024-04,CPC1,W{number}x{worker},social worker,perm,1,N,{(worker + number) % 30},1,1\n"
        for worker in range(WORKERS)
    )
    (folder / f"caseloads-{number}.csv").write_text(HEAD + rows, encoding="utf-8")


@contextmanager
def _no_main() -> Iterator[None]:
    """The processes need nothing of the program that starts them, which may be any."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@dataclass
class Victim:
    """A process that does one act; ``begin`` returns when it is about to write."""

    name: str
    argument: str
    environment: dict[str, str]

    def begin(self, is_writing: bool) -> None:
        context = _forked()
        self._ear, mouth = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_live, args=(mouth, self.name, self.argument, self.environment)
        )
        with _no_main():
            self._process.start()
        mouth.close()
        self._await("begun")
        if is_writing:
            self._await("writing")

    def _await(self, word: str) -> None:
        while self._ear.poll(PATIENCE):
            try:
                heard = self._ear.recv()
            except EOFError:
                return
            if isinstance(heard, Answer):
                self._answer = heard
                return
            if heard == word:
                return

    def kill_after(self, seconds: float) -> Answer:
        time.sleep(seconds)
        self._process.kill()
        return self.end()

    def end(self) -> Answer:
        """What it said at last; nothing where it died first."""
        self._answer = getattr(self, "_answer", None)
        while self._answer is None and self._ear.poll(PATIENCE):
            try:
                heard = self._ear.recv()
            except (EOFError, ConnectionResetError):
                break
            self._answer = heard if isinstance(heard, Answer) else None
        self._process.join(PATIENCE)
        self._ear.close()
        return self._answer or Answer(None)


def _live(mouth: Connection, name: str, argument: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    _limit_files()
    mouth.send("begun")
    _tell_of_writing(mouth)
    mouth.send(ACTS[name](argument))
    mouth.close()


def _limit_files() -> None:
    """No file may grow past KPI_TORTURE_LARGEST bytes, as on a disk that is full."""
    if largest := os.environ.pop("KPI_TORTURE_LARGEST", ""):
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))


def _tell_of_writing(mouth: Connection) -> None:
    """Say so before each act that writes, so that half the kills fall into the writing."""
    transact, take = Store.transact, backup._copy

    def tell_and_transact(store, work):
        mouth.send("writing")
        return transact(store, work)

    def tell_and_copy(store, path):
        mouth.send("writing")
        take(store, path)

    setattr(Store, "transact", tell_and_transact)  # noqa: B010
    setattr(backup, "_copy", tell_and_copy)  # noqa: B010
