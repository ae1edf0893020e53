"""A store past one machine: DuckLake, a PostgreSQL catalogue over Parquet on shared storage.

Nothing is downloaded at run time: the extensions are wheels for exactly the pinned DuckDB, from
``requirements-lake.txt``. This module knows the addresses and the statements; ``kpi.store``
runs them.
"""

import importlib
import re
import tempfile
from pathlib import Path

from kpi import settings

PREFIX = "ducklake:"
NAME = "lake"
#: Asks PostgreSQL to let this transaction write before all others; true once it may.
TURN = (
    f"select * from postgres_query('__ducklake_metadata_{NAME}', "
    "'select pg_try_advisory_xact_lock(5743)')"
)
COUNCILS = "councils"  # the folder of the files of further councils
PATIENCE = 30  # seconds to wait for the turn; after them the guard row alone decides
#: Module of the wheel -> the extension that it holds.
WHEELS = {
    "duckdb_extension_ducklake": "ducklake",
    "duckdb_extension_postgres_scanner": "postgres_scanner",
}
S3_WHEEL = {"duckdb_extension_httpfs": "httpfs"}
INSTALL = "pip install -r requirements-lake.txt"
#: What errors of many kinds say of a PostgreSQL that is out of reach. The last two are of one that
#: went in the middle of an answer: the reason is missing, or DuckLake takes it for its own fault.
AWAY = (
    "unable to connect to postgres|connection refused|could not connect|server closed|"
    "terminating connection|no connection to the server|starting up|shutting down|"
    r'failed to (execute|prepare) .*": *$|attempted to access index 0 within vector of size 0'
)
#: What the engine says of a lake -> what it means and how it is mended.
REASONS = (
    (
        "built specifically for DuckDB version",
        "its extensions were made for another version of DuckDB. Install the pinned ones: "
        f"{INSTALL}.",
    ),
    ("password authentication failed", "PostgreSQL refuses the user or the password."),
    (r'role ".*" does not exist', "PostgreSQL does not know the user. Ask for the right address."),
    (
        r'database ".*" does not exist',
        "PostgreSQL has no such database. Create it, or correct the address.",
    ),
    (
        AWAY,
        "its PostgreSQL catalogue does not answer. The dashboard goes on by itself when it does.",
    ),
    ("data_path is not set", "it is new. Name in KPI_DATA_PATH where its files shall lie."),
    (
        "data_path|data path",
        "its data path is not the one it was made with. Correct KPI_DATA_PATH.",
    ),
    (
        "catalog version|version mismatch|unknown ducklake version|newer than",
        "it was made by another version of DuckLake. Start the version that made it.",
    ),
    (
        r"cannot open file|no such file|no files found|could not read from file|not found.*parquet",
        "files of its data path are missing or out of reach. Mount the path, or restore a back-up.",
    ),
)


class LakeError(Exception):
    """The lake cannot be had; the message says why and what to do."""


def is_lake(address: str) -> bool:
    return address.startswith(PREFIX)


def shown(address: str) -> str:
    """The address as it may be printed: without a password."""
    return re.sub(r"(password=)(\S+)|(://[^:@/\s]+:)[^@\s]+(?=@)", r"\1\3…", address)


def statements(address: str) -> list[str]:
    """What a new connection runs to have the lake under the name ``lake``; raises LakeError."""
    folder = settings.data_path()
    wheels = WHEELS | (S3_WHEEL if folder.startswith("s3://") else {})
    loads = [f"load '{_quoted(_extension(*wheel))}'" for wheel in wheels.items()]
    if folder and "://" not in folder:
        _prepare(Path(folder))
    where = f" (data_path '{_quoted(folder)}')" if folder else ""
    return [*loads, f"attach '{_quoted(address)}' as {NAME}{where}"]


def attach(address: str, council: str) -> str:
    """What a connection that has the lake runs to have that of a further council, by its name.

    Its catalogue is a schema of the same PostgreSQL database, its files are in a folder of its own.
    """
    folder = settings.data_path().rstrip("/")
    path = f"{folder}/{COUNCILS}/{council}"
    if folder and "://" not in folder:
        _prepare(Path(path))
    where = f"data_path '{_quoted(path)}', " if folder else ""
    return (
        f"attach if not exists '{_quoted(address)}' as \"{council}\" "
        f"({where}metadata_schema '{council}')"
    )


def upkeep(days: int, name: str = NAME, is_alone: bool = True) -> list[str]:
    """Statements that tidy a lake: small files together, old snapshots and their files away.

    What an earlier moment showed is kept in the tables themselves, so no snapshot is needed for it.
    Files that no table needs are only looked for where the folder is not that of others too: to
    the first council's catalogue, those of the others would be such files.
    """
    age = f"older_than => now() - interval '{int(days)} days'"
    acts = (
        f"ducklake_merge_adjacent_files('{name}')",
        f"ducklake_expire_snapshots('{name}', {age})",
        f"ducklake_cleanup_old_files('{name}', {age})",
        *([f"ducklake_delete_orphaned_files('{name}', {age})"] if is_alone else []),
    )
    # What each of them did is counted, not read: its moments would need a library of time zones.
    return [f"select count(*) as done from {act}" for act in acts]


def is_away(error: Exception) -> bool:
    """Whether an error comes of a PostgreSQL that is out of reach, of whatever kind it is."""
    return bool(re.search(AWAY, str(error), re.IGNORECASE))


def reason(error: str) -> str:
    """What a message of the engine means, or nothing."""
    return next((meaning for sign, meaning in REASONS if re.search(sign, error, re.IGNORECASE)), "")


def _extension(module: str, extension: str) -> str:
    try:
        folder = Path(importlib.import_module(module).__path__[0])
    except ImportError as error:
        raise LakeError(f"its extension {extension} is not installed: {INSTALL}.") from error
    found = sorted(folder.rglob(f"{extension}.duckdb_extension"))
    if not found:
        raise LakeError(f"its extension {extension} is incomplete: {INSTALL}.")
    return str(found[0])


def _prepare(folder: Path) -> None:
    """The data path must take files; better found out now than in the middle of a publication."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise LakeError(
            f"its data path {folder} cannot be written ({error.strerror}). Correct KPI_DATA_PATH."
        ) from error


def _quoted(text: str) -> str:
    return text.replace("'", "''")
