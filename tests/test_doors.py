"""Figures leave the store by one door, which asks for whom: no page and no paper goes round it.

``board.observations`` masks small numbers for those who may not see them. What reads rows or raw
figures beside it is listed here with the modules that may, each for a reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Those through which figures are asked for, and their roles with them; what is recalled was.
DOORS = {"board", "ui", "recalled"}
#: Reads of a store that mask nothing: which modules may, and why no figure leaves by it.
RAW = {
    # The door itself, what it masks by, and previews for officers of what they are about to do.
    "observations": {
        "kpi/board.py",
        "kpi/masks.py",
        "kpi/intake.py",
        "kpi/targets.py",
        "kpi/register.py",
        "kpi/move.py",  # compares a store with its copy, and shows neither
    },
    # Checks of what officers bring, what they typed, and money, which is no person.
    "published": {
        "kpi/board.py",
        "kpi/intake.py",
        "kpi/commentary.py",
        "kpi/compose/meeting.py",
        "kpi/ui/money.py",
    },
    "totals": {"kpi/intake.py"},
    # How many cells have no figure, the invariants and targets of a store, and its copy.
    "cells": {"kpi/ui/reference.py"},
    "table": {"kpi/publication.py", "kpi/ui/reference.py", "kpi/move.py"},
}
MONEY = {"kpi/compose/meeting.py", "kpi/ui/money.py"}
#: Queries that give rows or reports as they are, each with the module that decides who sees them.
READS = {
    "workers": "kpi/board.py",
    "commentary": "kpi/commentary.py",
    "pack_content": "kpi/packs.py",
}
STORES = ("store", "work", "transaction", "seen")


def modules() -> list[Path]:
    found = [ROOT / "dashboard.py", *(ROOT / "kpi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return [path for path in found if path.name != "store.py"]


def called(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of something's method: the receiver as it is written, the method, the call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node


def is_store(receiver: str) -> bool:
    return receiver.rpartition(".")[2].strip("_") in STORES


def raw_reads(path: Path) -> set[str]:
    """The raw reads of a module; of observations every one that is not through a door."""
    return {
        name
        for receiver, name, _ in called(path)
        if name in RAW
        and (is_store(receiver) or (name == "observations" and receiver not in DOORS))
    }


@pytest.mark.parametrize("name", RAW)
def test_who_reads_what_is_not_masked(name):
    found = {str(path.relative_to(ROOT)) for path in modules() if name in raw_reads(path)}
    assert found == RAW[name]


def test_rows_of_money_are_all_that_screens_and_papers_read():
    for name in MONEY:
        calls = [call for _, method, call in called(ROOT / name) if method == "published"]
        assert calls
        assert all("datasets['finance']" in ast.unparse(call) for call in calls)


@pytest.mark.parametrize("query", READS)
def test_who_reads_rows_by_a_query(query):
    found = {
        str(path.relative_to(ROOT))
        for path in modules()
        for _, method, call in called(path)
        if method == "read" and call.args and ast.unparse(call.args[0]) == repr(query)
    }
    assert found == {READS[query]}


def roles_taken(path: Path) -> Iterator[tuple[str, ast.expr | None]]:
    """Every function that takes a role, with what it is when nobody says."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        args = node.args
        plain = [*args.posonlyargs, *args.args]
        missing: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults))
        pairs = zip(plain, [*missing, *args.defaults], strict=True)
        for arg, default in [*pairs, *zip(args.kwonlyargs, args.kw_defaults, strict=True)]:
            if arg.arg == "role":
                yield node.name, default


def test_nobody_is_an_officer_by_default():
    taken = [one for path in modules() for one in roles_taken(path)]
    assert {"observations", "read", "content", "look", "brief"} <= {name for name, _ in taken}
    # A pack is for whom its forum is, unless somebody says otherwise.
    assert {name for name, default in taken if default is not None} == {"of_register"}


def test_the_search_finds_a_page_that_goes_round_the_door(tmp_path):
    page = tmp_path / "page.py"
    page.write_text("frame = seen.store.observations(['cp_open'])\nrows = _store.published(one)\n")
    assert raw_reads(page) == {"observations", "published"}
    page.write_text("frame = ui.observations(seen, kpis)\n")
    assert not raw_reads(page)
