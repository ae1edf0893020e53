"""The stage: a meeting's screens over the whole window, one at a time."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components import v2

FOLDER = Path(__file__).parent
START = '<button class="start" type="button">Start presenting</button>'
BUTTON = """
.start { font: 600 1.125rem/1.3 var(--kpi-font); color: #fff; background: var(--kpi-blue);
  border: 0; border-radius: 4px; padding: 12px 24px; min-height: 48px; cursor: pointer; }
.start:focus-visible { outline: 3px solid var(--kpi-blue); outline-offset: 3px; }
"""


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _component() -> Callable[..., Any]:
    """Registered once a process, as Streamlit wants it."""
    return v2.component("stage", html=START, css=BUTTON, js=_file("stage.js"))


def stage(deck: str, footer: str, screens: list[dict[str, Any]]) -> None:
    """The button that opens the stage; an address that names a ``screen`` opens it at once.

    ``deck`` names the frozen figures: as long as it is the same, a rerun of the page moves nothing.
    ``screens``: as ``kpi.export.screens.render`` gives them.
    """
    frame = f"<style>{_file('stage.css')}</style>{_file('stage.html')}"
    _component()(
        data={"deck": deck, "footer": footer, "frame": frame, "screens": screens}, key="stage"
    )
