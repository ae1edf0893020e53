"""What pages share on screen. Beside ``dashboard.py`` and the pages only this speaks Streamlit."""

from kpi.ui.frame import (
    View,
    choose,
    comparators,
    configure,
    header,
    link,
    names_of,
    navigation,
    observations,
    opening,
    view,
)
from kpi.ui.intake import (
    checked,
    intake_preview,
    intake_report,
    published,
    refuse,
    returns_chosen,
    templates,
)
from kpi.ui.loads import load_acts
from kpi.ui.organisation import organisation_form, organisation_tables
from kpi.ui.parts import cards, chart, source, table, trend
from kpi.ui.reference import completeness, definitions
from kpi.ui.screens import (
    caseload_distribution,
    comparison,
    definition,
    measure,
    plan,
    row_of,
    stock_flow,
    teams,
    theme_opening,
)
from kpi.ui.targets import rated, target_form, target_tables
from kpi.ui.voices import grades, reasons, voices

ATTENTION = 4  # cards that a reader takes in at a glance

__all__ = [
    "ATTENTION",
    "View",
    "cards",
    "caseload_distribution",
    "chart",
    "checked",
    "choose",
    "comparators",
    "comparison",
    "completeness",
    "configure",
    "definition",
    "definitions",
    "grades",
    "header",
    "intake_preview",
    "intake_report",
    "link",
    "load_acts",
    "measure",
    "names_of",
    "navigation",
    "observations",
    "opening",
    "organisation_form",
    "organisation_tables",
    "plan",
    "published",
    "rated",
    "reasons",
    "refuse",
    "returns_chosen",
    "row_of",
    "source",
    "stock_flow",
    "table",
    "target_form",
    "target_tables",
    "teams",
    "templates",
    "theme_opening",
    "trend",
    "view",
    "voices",
]
