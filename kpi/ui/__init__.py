"""What pages share on screen. Beside ``dashboard.py`` and the pages only this speaks Streamlit."""

from kpi.ui.activities import activities
from kpi.ui.audit import audit_trail
from kpi.ui.away import away
from kpi.ui.benchmarks import benchmarks
from kpi.ui.changed import changed, hidden
from kpi.ui.drafts import signed
from kpi.ui.frame import (
    choose,
    configure,
    enter,
    footer,
    header,
    link,
    navigation,
    opening,
    shut,
    titled,
    turned_away,
)
from kpi.ui.intake import (
    intake_preview,
    intake_report,
    published,
    refuse,
)
from kpi.ui.loads import load_acts
from kpi.ui.money import funds
from kpi.ui.organisation import organisation_form, organisation_tables
from kpi.ui.packs import pack_form, pack_list, pack_proof, packs_opening
from kpi.ui.parts import cards, chart, scorecard_key, source, table, trend
from kpi.ui.plan import plan
from kpi.ui.present import present
from kpi.ui.reference import completeness, definitions
from kpi.ui.risks import risks
from kpi.ui.screens import (
    caseload_distribution,
    comparison,
    definition,
    measure,
    row_of,
    stock_flow,
    teams,
    theme_opening,
)
from kpi.ui.scrutiny import claimed, requests
from kpi.ui.seen import View, comparators, names_of, observations, view
from kpi.ui.session import person
from kpi.ui.targets import rated, target_form, target_tables
from kpi.ui.tokens import token_end, token_form, token_list
from kpi.ui.upload import arrived, before_upload, checked, forget
from kpi.ui.voices import grades, reasons, voices

ATTENTION = 4  # cards that a reader takes in at a glance

__all__ = [
    "ATTENTION",
    "View",
    "activities",
    "arrived",
    "audit_trail",
    "away",
    "before_upload",
    "benchmarks",
    "cards",
    "caseload_distribution",
    "changed",
    "chart",
    "checked",
    "choose",
    "claimed",
    "comparators",
    "comparison",
    "completeness",
    "configure",
    "definition",
    "definitions",
    "enter",
    "footer",
    "forget",
    "funds",
    "grades",
    "header",
    "hidden",
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
    "pack_form",
    "pack_list",
    "pack_proof",
    "packs_opening",
    "person",
    "plan",
    "present",
    "published",
    "rated",
    "reasons",
    "refuse",
    "requests",
    "risks",
    "row_of",
    "scorecard_key",
    "shut",
    "signed",
    "source",
    "stock_flow",
    "table",
    "target_form",
    "target_tables",
    "teams",
    "theme_opening",
    "titled",
    "token_end",
    "token_form",
    "token_list",
    "trend",
    "turned_away",
    "view",
    "voices",
]
