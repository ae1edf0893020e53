"""The newest month of plans in the sample, as an officer sends it again."""

import csv
import io

from cases import ROOT

FILE = ROOT / "data" / "sample" / "returns" / "child_protection" / "2025-03.csv"


def rows() -> list[dict[str, str]]:
    """Its rows, to be changed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def content(changed: list[dict[str, str]]) -> bytes:
    """Rows as the bytes of a file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(changed[0]))
    writer.writeheader()
    writer.writerows(changed)
    return out.getvalue().encode()


def more_plans(plans: int) -> bytes:
    """The month with so many more plans open in its first team."""
    changed = rows()
    changed[0]["cp_open"] = str(int(changed[0]["cp_open"]) + plans)
    return content(changed)
