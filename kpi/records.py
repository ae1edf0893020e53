"""What the catalogue declares, as frozen records: columns, rules, returns, KPIs, series."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

Polarity = Literal["high", "low", "neutral"]
Severity = Literal["error", "warning", "information"]
Strand = Literal["numbers", "audits", "voices"]

MEASURES = {"count", "number", "money"}
#: Reference tables that each council of a store has for itself; the others are for all.
OWN = frozenset({"organisation", "targets", "population", "events", "priorities"})
#: The month under which the store keeps a register, whose rows are for no month.
ALWAYS = date(1900, 1, 1)
SQL_WORDS = set(
    "and or not null is true false case when then else end in between nullif coalesce abs "
    "least greatest round median quantile_cont min max avg sum count cast as double".split()
)
WORD = re.compile(r"[a-z_][a-z0-9_]*")
LITERAL = re.compile(r"'[^']*'")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a return.

    ``required``: no cell may be blank (a blank figure is always 'not supplied', a blank ``org``
    the whole council). ``optional``: the header may leave the column out. ``min`` and ``max``
    bound a figure; ``warn_above`` only asks.

    ``refers_to``: a list whose ids stand in that column of the same file, and never in a circle.
    ``past``: a day that is not in the future. ``needs_data``: a KPI that has published figures.
    """

    name: str
    type: str
    help: str
    unit: str = ""
    alias: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    codes_of: str = ""
    required: bool = True
    optional: bool = False
    min: float | None = None
    max: float | None = None
    warn_above: float | None = None
    refers_to: str = ""
    past: bool = False
    needs_data: bool = False

    @property
    def is_measure(self) -> bool:
        """Whether the column holds a figure, which a source may withhold with a marker."""
        return self.type in MEASURES


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A statement that every row keeps; ``message`` may quote columns as ``{cp_start}``."""

    code: str
    expect: str
    message: str
    severity: Severity = "error"

    @property
    def columns(self) -> list[str]:
        return words(self.expect)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A stock that should equal last month's stock plus starts less ends, to ``within``."""

    code: str
    stock: str
    starts: str
    ends: str
    within: float = 2


@dataclass(frozen=True, kw_only=True)
class Total:
    """Rows that declare a sum (``whole``), and the rows that must meet it (``parts``).

    Both are conditions; rows belong together that share the columns ``by``. Each of ``columns`` is
    added up on its own; ``noun`` is what a message calls a part.
    """

    code: str
    parts: str
    whole: str
    by: tuple[str, ...]
    columns: tuple[str, ...]
    noun: str = "line"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A monthly return: its columns, the key that no two rows share, its rules.

    A ``register`` has no month: a file is the whole of it, and replaces what was published before.
    ``alike``: columns that two rows may share, which is said, as it may be a slip.
    ``strand``: which strand of evidence its measures are: numbers, audits or voices.
    """

    dataset_id: str
    title: str
    help: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    frequency: str = "monthly"
    due_day: int = 20
    strand: Strand = "numbers"
    rules: tuple[Rule, ...] = ()
    flows: tuple[Flow, ...] = ()
    totals: tuple[Total, ...] = ()
    unique: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    register: bool = False

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def org_column(self) -> str | None:
        return next((column.name for column in self.columns if column.type == "org"), None)


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """From ``period`` the process is judged anew, because of ``reason``."""

    period: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class Spc:
    """How a KPI's variation is judged; see ``kpi.spc``."""

    fix_after: int | None = None
    rebase: tuple[Rebase, ...] = ()
    screen: bool = True
    mode: Literal["mdc", "ptd"] = "mdc"


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One measure. Value = ``per`` * numerator / denominator, or ``statistic`` over the rows.

    ``window`` is in months. ``denominator`` may be ``population``: residents aged 0 to 17.
    ``as_reported``: the figure stands for the organisation whose row gives it and for no other,
    as a median does: those of the teams do not make the council's. ``before``: the measure that
    says the same of the time before the plan, and ``voice`` who says it.

    For readers who see small numbers masked: ``people`` names the column that counts whom a figure
    is about, where its denominator does not (a median, an amount). ``masked_by`` says what they
    see: each ``month``; a ``year`` as a whole and never its single months, which then cannot be
    worked out from it; the ``year_end`` alone (twelve months to March), where others follow from
    it or it from them; or ``never`` anything.
    """

    kpi_id: str
    ref: str
    title: str
    question: str
    definition: str
    theme: str
    dataset: str
    polarity: Polarity
    numerator: str = ""
    denominator: str = ""
    statistic: str = ""
    filter: str = ""
    per: float = 1
    unit: str = ""
    decimals: int = 0
    window: int = 1
    as_reported: bool = False
    headline: bool = False
    priority: tuple[str, ...] = ()
    voice: str = ""
    before: str = ""
    benchmark: str = ""
    target_source: str = ""
    spc: Spc = Spc()
    people: str = ""
    masked_by: Literal["month", "year", "year_end", "never"] = "month"

    @property
    def columns(self) -> list[str]:
        """The dataset's columns that the figure is made from."""
        text = " ".join((self.numerator, self.denominator, self.statistic, self.filter))
        return [word for word in words(text) if word != "population"]

    @property
    def is_percentage(self) -> bool:
        return self.unit == "%"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A published series, and where a Department for Education file holds it."""

    series: str
    title: str
    unit: str
    source: str
    year_end: str
    decimals: int = 0
    file: str = ""
    column: str = ""
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A group of KPIs, in the order in which the scorecard shows the groups."""

    theme: str
    title: str
    order: int
    page: str = ""


@dataclass(frozen=True, kw_only=True)
class Council:
    """Whom the dashboard serves: its root in the organisation, its codes in statistics."""

    org_id: str
    name: str
    service: str
    authority: str
    authority_name: str
    region: str
    region_name: str
    accessibility_email: str = ""
    accessibility_phone: str = ""
    accessibility_days: int = 10  # working days within which a report is answered
    accessibility_reviewed: str = ""  # a day, as 2026-11-22; blank: not yet by the council


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything that the TOML files declare, by id, and the reference tables beside them.

    ``council``: whose figures are looked at, one of ``councils``. A store of several has the first
    one's tables where a store of one has them.
    """

    datasets: Mapping[str, Dataset]
    kpis: Mapping[str, Kpi]
    themes: Mapping[str, Theme]
    benchmarks: Mapping[str, Benchmark]
    council: Council
    folder: Path
    councils: Mapping[str, Council] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether this is the first council of the store, or the only one."""
        return next(iter(self.councils), self.council.org_id) == self.council.org_id

    @property
    def first(self) -> "Catalogue":
        """The same for the first council, whose tables are where a store of one has them."""
        return self if self.is_first else self.of(next(iter(self.councils)))

    def of(self, council: str) -> "Catalogue":
        """The same for another council of the store; raises KeyError for one that is not named."""
        return replace(self, council=self.councils[council])

    @property
    def returns(self) -> dict[str, Dataset]:
        """The datasets that are sent month by month."""
        return {name: one for name, one in self.datasets.items() if not one.register}

    @property
    def registers(self) -> dict[str, Dataset]:
        """The datasets of which a file is the whole."""
        return {name: one for name, one in self.datasets.items() if one.register}

    def of_theme(self, theme: str) -> list[Kpi]:
        return [kpi for kpi in self.kpis.values() if kpi.theme == theme]

    def path(self, name: str) -> Path:
        """Where a reference table is; a further council's own are in ``councils/<council>/``."""
        is_apart = name in OWN and not self.is_first
        folder = self.folder / "councils" / self.council.org_id if is_apart else self.folder
        return folder / f"{name}.csv"

    def table(self, name: str) -> pl.DataFrame:
        """A reference table (``data/reference/<name>.csv``) as text, blank as null."""
        return pl.read_csv(self.path(name), infer_schema=False)


def words(expression: str) -> list[str]:
    """The column names that an expression mentions, each once, in order."""
    found = WORD.findall(LITERAL.sub(" ", expression))
    return list(dict.fromkeys(word for word in found if word not in SQL_WORDS))
