"""The scorecard as it is usually written: pandas, CSV files, everything computed in the page.

Run by ``streamlit run tests/bench/peer.py``, to be measured beside the dashboard. It shows the same
measures with the same figures, their status, a sparkline, whether the last month is unusual, and
England for comparison. It knows nothing of corrections that come later, of loads, of who may see
what. ``PEER_CACHED`` keeps the files for ten minutes, as Streamlit's own guide proposes: quicker,
and wrong for as long as a new file is not seen.
"""

# pandas says of most answers that they may be one of several types.
# pyright: basic, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportAssignmentType=false, reportCallIssue=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportOptionalMemberAccess=false, reportGeneralTypeIssues=false
# pyright: reportOperatorIssue=false

import os
from pathlib import Path

import pandas as pd
import streamlit as st

DATA = Path(__file__).parents[2] / "data"
CHILD, PARENT = (f"respondent == '{who}' and stage == 'after'" for who in ("child", "parent"))
YOUNG, OLD = "age_band == '17-18'", "age_band == '19-21'"
MADE = "stream == 'transformation'"
TOP = "role in ('service manager', 'head of service', 'director')"
#: id, title, folder, numerator, denominator, rows, per, months, decimals, which way is better.
MEASURES: list[tuple[str, str, str, str, str, str, float, int, int, int]] = [
    ("assessments_in_45_days", "Assessments within 45 working days", "assessments", "within_45wd", "completed", "", 100, 12, 1, 1),
    ("care_leavers_unknown_17_18", "Care leavers of whom nothing is known", "care_leavers", "unknown", "cohort", YOUNG, 100, 1, 0, -1),
    ("care_leavers_eet_19_21", "Care leavers aged 19 to 21 in learning or work", "care_leavers", "eet", "cohort", OLD, 100, 1, 0, 1),
    ("care_leavers_suitable_19_21", "Care leavers aged 19 to 21 in a suitable home", "care_leavers", "suitable", "cohort", OLD, 100, 1, 0, 1),
    ("care_leavers_eet_17_18", "Care leavers aged 17 and 18 in learning or work", "care_leavers", "eet", "cohort", YOUNG, 100, 1, 0, 1),
    ("care_leavers_suitable_17_18", "Care leavers aged 17 and 18 in a suitable home", "care_leavers", "suitable", "cohort", YOUNG, 100, 1, 0, 1),
    ("caseload_mean", "Average caseload", "caseloads", "cases", "fte", "cases > 0", 1, 1, 1, -1),
    ("caseload_above_18", "Workers above 18 cases", "caseloads", "fte * (cases > 18 * fte)", "fte", "cases > 0", 100, 1, 0, -1),
    ("supervision_held", "Case supervision held", "caseloads", "supervision_held", "supervision_due", "", 100, 1, 1, 1),
    ("cp_repeat", "Repeat child protection plans", "child_protection", "cp_repeat_start", "cp_start", "", 100, 12, 1, -1),
    ("cp_open", "Children on a child protection plan", "child_protection", "cp_open", "", "", 1, 1, 0, 0),
    ("icpc_in_15_days", "First conferences within 15 working days", "child_protection", "icpc_15wd", "icpc_held", "", 100, 12, 1, 1),
    ("cp_rate", "Child protection plan rate", "child_protection", "cp_open", "population", "", 10000, 1, 1, 0),
    ("cp_started", "Child protection plans started", "child_protection", "cp_start", "", "", 1, 1, 0, 0),
    ("cla_open", "Children in care", "children_looked_after", "cla_open", "", "", 1, 1, 0, 0),
    ("cla_rate", "Children in care rate", "children_looked_after", "cla_open", "population", "", 10000, 1, 0, 0),
    ("cla_uasc", "Unaccompanied children in care", "children_looked_after", "uasc", "", "", 1, 1, 0, 0),
    ("cla_three_placements", "Children in care with three placements or more", "children_looked_after", "moves3", "cla_open", "", 100, 1, 1, -1),
    ("fgc_in_place", "Family group conferences in place", "early_help_fgc", "fgc_in_place", "", "", 1, 1, 0, 1),
    ("fgc_held", "Family group conferences", "early_help_fgc", "fgc_held", "", "", 1, 1, 0, 1),
    ("fgc_not_in_care", "Children at home six months after a conference", "early_help_fgc", "fgc_6m_home", "fgc_6m_cohort", "", 100, 12, 0, 1),
    ("early_help_stepped_up", "Early help that was not enough", "early_help_fgc", "eh_stepped_up", "eh_closed", "", 100, 12, 1, -1),
    ("feedback_children_after", "Children who found the service good since the plan", "feedback", "positive", "responses", CHILD, 100, 12, 0, 1),
    ("feedback_parents_after", "Parents who found the service good since the plan", "feedback", "positive", "responses", PARENT, 100, 12, 0, 1),
    ("contacts_in_1_day", "Contacts decided within one working day", "front_door", "contacts_1wd", "contacts", "", 100, 1, 1, 1),
    ("rereferrals", "Re-referrals within 12 months", "front_door", "rereferrals_12m", "referrals", "", 100, 12, 1, -1),
    ("contacts", "Contacts at the front door", "front_door", "contacts", "", "", 1, 1, 0, 0),
    ("referrals", "Referrals", "front_door", "referrals", "", "", 1, 1, 0, 0),
    ("audits_good_or_better", "Audited cases graded good or better", "quality_audits", "outstanding + good", "audited", "", 100, 1, 0, 1),
    ("audits_inadequate", "Audited cases graded inadequate", "quality_audits", "inadequate", "audited", "", 100, 1, 0, -1),
    ("workforce_vacancy_rate", "Social worker vacancy rate", "workforce", "vacant_fte", "vacant_fte + inpost_fte", "", 100, 1, 1, -1),
    ("workforce_agency_rate", "Agency worker rate", "workforce", "agency_fte", "agency_fte + inpost_fte", "", 100, 1, 1, -1),
    ("workforce_turnover_rate", "Social worker turnover rate", "workforce", "leavers", "inpost_fte", "", 1200, 12, 1, -1),
    ("workforce_in_post", "Social workers in post", "workforce", "inpost_fte", "", "", 1, 1, 1, 0),
    ("management_permanent", "Senior management posts filled for good", "workforce", "inpost_fte", "establishment_fte", TOP, 100, 1, 0, 1),
    ("workforce_agency_spend", "Agency spend", "workforce", "agency_spend", "", "", 1, 1, 0, 0),
    ("caseload_median", "Median caseload", "caseloads", "cases / fte", "median", "cases > 0", 1, 1, 1, -1),
    ("plo_open", "Cases in pre-proceedings", "court_plo", "plo_open", "", "", 1, 1, 0, -1),
    ("proceedings_median_weeks", "Median length of care proceedings", "court_plo", "proceedings_median_weeks", "", "", 1, 1, 1, -1),
    ("care_applications_rate", "Care application rate", "court_plo", "applications", "population", "", 10000, 12, 1, 0),
    ("plo_median_weeks", "Median length of pre-proceedings", "court_plo", "plo_median_weeks", "", "", 1, 1, 1, -1),
    ("cla_cost_per_week", "Cost of care per child and week", "finance", "actual", "care_weeks", "category == 'care'", 1, 1, 0, 0),
    ("transformation_spend", "Transformation spend against plan", "finance", "actual", "plan", MADE, 100, 1, 0, 0),
    ("transformation_forecast", "Transformation forecast against budget", "finance", "forecast - budget", "", MADE, 1, 1, 0, 0),
]  # fmt: skip
ROW = 4


def read(folder: str) -> pd.DataFrame:
    """Every month of a return, a corrected one in place of the first."""
    files = {
        path.stem[:7]: path for path in sorted((DATA / "sample/returns" / folder).glob("*.csv"))
    }
    frame = pd.concat(pd.read_csv(path) for path in files.values())
    frame["period"] = pd.to_datetime(frame["period"])
    words = {
        "period",
        "org_id",
        "role",
        "employment",
        "respondent",
        "stage",
        "stream",
        "category",
        "age_band",
    }
    for name in frame.columns.difference(list(words)):
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    return frame


if os.environ.get("PEER_CACHED"):
    read = st.cache_data(ttl=600, show_spinner=False)(read)


def series(
    frame: pd.DataFrame, top: str, below: str, rows: str, per: float, months: int
) -> pd.Series:
    """A measure of the whole council, month by month."""
    if rows:
        frame = frame.query(rows)
    parts = pd.DataFrame({"period": frame["period"], "top": frame.eval(top)})
    if below == "median":
        return parts.groupby("period")["top"].median()
    parts["below"] = 1.0 if below in ("", "population") else frame.eval(below)
    sums = parts.groupby("period").sum(min_count=1)
    if below == "population":
        people = pd.read_csv(DATA / "reference/population.csv").set_index("year")["population"]
        sums["below"] = [people[(at + pd.DateOffset(months=9)).year] for at in sums.index]
    rolled = sums.rolling(months, min_periods=months)
    bottom = rolled["below"].mean() if below == "population" else rolled["below"].sum()
    return per * rolled["top"].sum() / (bottom if below else 1)


def status(value: float, target: pd.DataFrame, better: int) -> str:
    if target.empty or not better or pd.isna(target["target"].iloc[-1]):
        return "no target"
    last = target.iloc[-1]
    short = (last["target"] - value) * better
    return "on target" if short <= 0 else "near" if short <= last["tolerance"] else "off target"


def unusual(values: pd.Series) -> str:
    """Whether the last month lies beyond the process limits."""
    reach = 2.66 * values.diff().abs().mean()
    return "unusual" if abs(values.iloc[-1] - values.mean()) > reach else "normal variation"


def england(rows: pd.DataFrame) -> str:
    rows = rows[(rows["area"] == "England") & rows["value"].notna()]
    return f"England {rows['value'].iloc[-1]} ({rows['year'].iloc[-1]})" if len(rows) else ""


def main() -> None:
    st.set_page_config(layout="wide")
    st.title("Scorecard")
    targets = pd.read_csv(DATA / "reference/targets.csv")
    published = pd.read_csv(DATA / "reference/benchmarks.csv")
    returns = {name: read(name) for name in dict.fromkeys(measure[2] for measure in MEASURES)}
    for start in range(0, len(MEASURES), ROW):
        for column, measure in zip(st.columns(ROW), MEASURES[start : start + ROW], strict=False):
            kpi, title, folder, top, below, rows, per, months, decimals, better = measure
            values = series(returns[folder], top, below, rows, per, months)
            known = values.dropna()
            last = float(values.iloc[-1])
            change = f"{known.diff().iloc[-1]:,.{decimals}f}"
            column.metric(
                title, f"{last:,.{decimals}f}", change, chart_data=known.tail(24).tolist()
            )
            told = [status(last, targets[targets["kpi_id"] == kpi], better), unusual(known)]
            column.caption(" · ".join([*told, england(published[published["series"] == kpi])]))


if __name__ == "__main__":
    main()
