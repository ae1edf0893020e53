"""What the environment decides: where the store and the reference data are, and the limits."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: The largest count that official statistics of children withhold.
SMALL_NUMBER = 5
DEFAULT_STORE = ROOT / "data" / "store" / "kpi.duckdb"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process; every field has a default that works on a fresh clone.

    ``store`` is a path or ``:memory:`` (KPI_STORE); ``builds_sample`` is true when nobody named a
    store, so that a first start shows illustrative months instead of nothing.
    ``upload_limit`` is in bytes (KPI_UPLOAD_LIMIT_MB, in megabytes). ``template`` is the path of
    the council's own slides (KPI_TEMPLATE), blank where there is none. Into ``backups`` the running
    dashboard puts a back-up a day (KPI_BACKUPS); without it there are none but those asked for.
    ``small_number`` is the largest count that is masked (KPI_SMALL_NUMBER); it can be raised, never
    below five. ``roles`` is the file that says who has which role (KPI_ROLES), ``is_public`` lets
    those who are not signed in see masked figures (KPI_PUBLIC=yes), and ``session_hours`` is how
    long a sign-in lasts (KPI_SESSION_HOURS).
    """

    store: str
    reference: Path
    sample: Path
    builds_sample: bool
    upload_limit: int
    template: str = ""
    small_number: int = SMALL_NUMBER
    roles: Path | None = None
    is_public: bool = False
    session_hours: float = 8
    backups: Path | None = None


def read() -> Settings:
    """Read the settings from the environment."""
    named = os.environ.get("KPI_STORE", "").strip()
    return Settings(
        store=named or str(DEFAULT_STORE),
        reference=Path(os.environ.get("KPI_REFERENCE", ROOT / "data" / "reference")),
        sample=ROOT / "data" / "sample",
        builds_sample=not named,
        upload_limit=int(os.environ.get("KPI_UPLOAD_LIMIT_MB", "100")) * 1024 * 1024,
        template=os.environ.get("KPI_TEMPLATE", "").strip(),
        roles=Path(roles) if (roles := os.environ.get("KPI_ROLES", "").strip()) else None,
        is_public=os.environ.get("KPI_PUBLIC", "").strip().casefold() in ("yes", "true", "1"),
        session_hours=float(os.environ.get("KPI_SESSION_HOURS", "8")),
        small_number=max(int(os.environ.get("KPI_SMALL_NUMBER", SMALL_NUMBER)), SMALL_NUMBER),
        backups=Path(folder) if (folder := os.environ.get("KPI_BACKUPS", "").strip()) else None,
    )


def data_path() -> str:
    """Where a lake keeps its Parquet files (KPI_DATA_PATH): a shared folder, or ``s3://…``."""
    return os.environ.get("KPI_DATA_PATH", "").strip()
