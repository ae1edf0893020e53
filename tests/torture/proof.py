"""What must hold of a store after every blow, and the stores that take them."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from cases import incoming, months
from torture.victims import Answer, Victim, write_file

from kpi import publication
from kpi.catalogue import Catalogue
from kpi.store import FOREVER, Store

OLDER = (
    "alter table audit drop column digest",
    "drop table pack",
    "drop table token",
    "drop table council",
    "delete from migration where name >= '0005'",
)
#: How a sentence that refuses looks: one, to its end, and no trace of the program.
SENTENCE_END = (".", "?", ")")


@dataclass
class Ground:
    """A store under attack, and what was acknowledged of what was done to it."""

    path: Path
    book: Catalogue
    acknowledged: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    months: int = 12

    @property
    def environment(self) -> dict[str, str]:
        return {"KPI_STORE": str(self.path), "KPI_TORTURE_FILES": str(self.path.parent)}

    def victim(self, name: str, argument: object = "", **more: str) -> Victim:
        if name == "load" and isinstance(argument, int):
            write_file(self.path.parent, argument)
        return Victim(name, str(argument), self.environment | more)

    def open(self) -> Store:
        return Store(str(self.path), self.book)


def made(folder: Path, book: Catalogue) -> Ground:
    """A store of twelve months of one return, each its own load."""
    folder.mkdir(parents=True, exist_ok=True)
    ground = Ground(folder / "kpi.duckdb", book)
    store, dataset = ground.open(), book.datasets["child_protection"]
    for number, month in enumerate(months(ground.months)):
        rows = [{"period": month, "org_id": "CPC1", "cp_open": 100 + number}]
        publication.publish(store, [incoming(dataset, rows, f"{number:064x}")], "officer")
    store.close()
    return ground


def made_older(ground: Ground) -> None:
    """Take a store back to the schema of an older version: its audit log is no chain yet."""
    store = ground.open()
    for text in OLDER:
        store.transact(lambda work, text=text: work._cursor.execute(text).fetchall())
    store.close()


def copied(ground: Ground, folder: Path) -> Ground:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ground.path.name
    shutil.copyfile(ground.path, path)
    return Ground(path, ground.book, set(ground.acknowledged), set(ground.withdrawn))


def number_of(answer: Answer) -> int:
    """The load that an acknowledged publication became."""
    assert answer.status == 0, answer
    return int(answer.said.rpartition("as load ")[2].split(":")[0])


def told_plainly(answer: Answer) -> None:
    """A refusal is one sentence for people, with a status of its own."""
    assert answer.fault == "", answer
    assert answer.status in (1, 2, 3), answer
    last = answer.said.splitlines()[-1]
    assert last.startswith("Error: ") and last.endswith(SENTENCE_END), answer
    assert "Traceback" not in answer.said


def proven(ground: Ground) -> None:
    """The store is sound, all that was acknowledged is in it once, and the chain is whole."""
    store = ground.open()
    try:
        assert publication.invariants(store) == []
        loads = store.read("loads", as_at=FOREVER)
        held = loads["load_id"].to_list()
        assert len(held) == len(set(held))
        assert ground.acknowledged <= set(held)
        assert set(range(1, ground.months + 1)) <= set(held)
        taken = store.table("withdrawal")["load_id"].to_list()
        assert len(taken) == len(set(taken)), "withdrawn twice"
        assert ground.withdrawn <= set(taken)
        assert loads.filter(dataset="caseloads")["sha256"].is_unique().all()
    finally:
        store.close()
