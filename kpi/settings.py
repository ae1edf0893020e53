"""What the environment decides: where the store and the reference data are, and the limits."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEFAULT_STORE = ROOT / "data" / "store" / "kpi.duckdb"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process; every field has a default that works on a fresh clone.

    ``store`` is a path or ``:memory:`` (KPI_STORE); ``builds_sample`` is true when nobody named a
    store, so that a first start shows illustrative months instead of nothing.
    ``upload_limit`` is in bytes (KPI_UPLOAD_LIMIT_MB, in megabytes). ``template`` is the path of
    the council's own slides (KPI_TEMPLATE), blank where there is none.
    """

    store: str
    reference: Path
    sample: Path
    builds_sample: bool
    upload_limit: int
    template: str = ""


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
    )
