"""A frame as JSON, CSV or Parquet, what a reader must know of it, and for how long it holds."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from starlette.requests import Request
from starlette.responses import Response

from kpi import settings, spreadsheet
from kpi.web.asked import MEDIA, Format

#: The reader asks each time whether what it has still holds, and no proxy keeps it for others.
KEPT = {"cache-control": "private, max-age=0, must-revalidate", "vary": "Authorization, Accept"}


@cache
def edition(reference: Path) -> str:
    """What this program and its catalogue are: a newer one may say otherwise of the same data."""
    digest = hashlib.sha256()
    code = settings.ROOT / "kpi"
    for path in sorted([*code.rglob("*.py"), *reference.rglob("*.toml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def tag(*parts: object) -> str:
    """A weak entity tag: the same for the same figures, whatever compresses them on the way."""
    return f'W/"{hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]}"'


def is_held(request: Request, etag: str) -> bool:
    """Whether the reader has this already (If-None-Match, RFC 9110, 13.1.2)."""
    said = request.headers.get("if-none-match", "")
    held = {part.strip().removeprefix("W/") for part in said.split(",")}
    return "*" in held or etag.removeprefix("W/") in held


def unchanged(etag: str) -> Response:
    return Response(status_code=304, headers=KEPT | {"etag": etag})


def frame(
    name: str, rows: pl.DataFrame, facts: Mapping[str, Any], form: Format, etag: str
) -> Response:
    """The answer: ``facts`` stand before the rows in JSON, and in headers for all three."""
    body = {"json": _json, "csv": _csv, "parquet": _parquet}[form](name, rows, facts)
    headers = KEPT | {"etag": etag} | _headers(facts)
    if form != "json":
        headers["content-disposition"] = f'attachment; filename="{name}.{form}"'
    return Response(body, headers=headers, media_type=MEDIA[form][0])


def _headers(facts: Mapping[str, Any]) -> dict[str, str]:
    return {f"kpi-{name.replace('_', '-')}": _told(value) for name, value in facts.items()}


def _told(value: Any) -> str:
    if value is None:
        return "now"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(name: str, rows: pl.DataFrame, facts: Mapping[str, Any]) -> bytes:
    head = json.dumps(dict(facts), ensure_ascii=False).removesuffix("}")
    return f'{head}, "{name}": {rows.write_json()}}}'.encode()


def _csv(name: str, rows: pl.DataFrame, facts: Mapping[str, Any]) -> bytes:
    return spreadsheet.csv(flat(rows))


def _parquet(name: str, rows: pl.DataFrame, facts: Mapping[str, Any]) -> bytes:
    file = BytesIO()
    rows.write_parquet(file, metadata={key: _told(value) for key, value in facts.items()})
    return file.getvalue()


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists of words in one cell, as the registers' files have them."""
    lists = [column for column, kind in rows.schema.items() if kind == pl.List(pl.String)]
    return rows.with_columns(pl.col(lists).list.join("; "))
