"""What axe-core finds on a page, and what docs/accessibility.md says that it may find."""

import os
import sys
import tomllib
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from browser.serving import SIZES
from cases import ROOT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
#: Rules of WCAG 2.2 sleep in axe-core until they are woken.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
#: `make accessibility` looks at everything in every state; `make test` at some of it.
EVERYTHING = bool(os.environ.get("KPI_ACCESS"))
NAVIGATION = tomllib.loads(
    (ROOT / "data" / "reference" / "navigation.toml").read_text(encoding="utf-8")
)["page"]
PAGES = [page["address"] for page in NAVIGATION]
DOCUMENT = ROOT / "docs" / "accessibility.md"


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the document, cell by cell."""
    part = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def opened(page: Page) -> None:
    """Everything that is folded away is shown."""
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => fold.open = true)")


def violations(page: Page) -> list[str]:
    """What is against the rules and not in the list: rule, element, what to mend."""
    listed = {(rule.strip("`"), selector.strip("`")) for rule, selector, *_ in
              rows("What axe-core may report")}  # fmt: skip
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
        if not any(rule["id"] == known and _is(page, node, selector) for known, selector in listed)
    ]


def _is(page: Page, node: dict[str, Any], selector: str) -> bool:
    return page.locator(node["target"][0]).evaluate(
        "(element, selector) => element.matches(selector)", selector
    )


def told(name: str, state: str, size: str, found: list[str]) -> None:
    """One line for `make accessibility`, and one for each finding."""
    lines = [f"{name or 'scorecard':<18} {state:<28} {size:<10} {len(found) or 'nothing found'}"]
    sys.stdout.write("\n".join([*lines, *(f"    {one}" for one in found)]) + "\n")


def checked(
    page: Page, name: str, state: str, sizes: tuple[str, ...] = ("laptop", "telephone")
) -> list[str]:
    """What axe-core finds on a page, at the width of a laptop and of a telephone."""
    found = []
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        opened(page)
        found += found_at(page, name, state, size)
    return found


def found_at(page: Page, name: str, state: str, size: str) -> list[str]:
    """What axe-core finds on a page that has its size."""
    found = violations(page)
    told(name, state, size, found)
    return [f"{size}: {one}" for one in found]
