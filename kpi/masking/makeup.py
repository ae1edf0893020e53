"""What the figures of a return are made of, so that one can be told from another.

A *form* is a sum over columns of a return: the numerator of one measure may be the denominator of
the next, or part of it. Two measures that show the same form show the same cell.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import polars as pl

from kpi.catalogue import Dataset, Kpi
from kpi.masking.vectors import Number, Span, Vector
from kpi.records import words

SEVERAL = 7  # what every figure is tried with besides 1, to see whether the form is a plain sum
PARTS = re.compile(r"([\w +]+?) (=|<=) (\w+)")
CONDITION = re.compile(r"\bwhen\b(.+?)\bthen\b")

#: A sum or difference of forms: how often each of them counts.
Side = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measure: the forms above and below the line, and how much of it may be shown.

    ``below`` is empty for a count and for a rate of the population. ``is_share``: what is above
    the line is part of what is below it. ``adds_up``: teams add up to the council.
    ``counts_above``, ``counts_below``: whether the form counts children or people, and so may be
    small; money never is, and full-time equivalents only below the line. ``is_whole``: what is
    below it is counted in whole children or people.
    """

    kpi: Kpi
    above: str
    below: str
    is_share: bool
    adds_up: bool
    counts_above: bool
    counts_below: bool
    is_whole: bool

    @property
    def forms(self) -> frozenset[str]:
        return frozenset({self.above, self.below} - {""})


def forms_of(figures: Iterable[Figure]) -> frozenset[str]:
    """All forms above and below the line of some measures."""
    return frozenset(form for one in figures for form in one.forms)


@dataclass(frozen=True, kw_only=True, eq=False)
class Makeup:
    """The figures of a return by KPI, the vectors of their forms, and what holds between columns.

    ``equal``: vectors of columns that are zero in every row, as the return's rules say. ``flows``:
    (stock, starts, ends) as forms. A form without a vector is not a plain sum.
    """

    figures: Mapping[str, Figure]
    vectors: Mapping[str, Vector]
    equal: Sequence[Vector]
    flows: Sequence[tuple[str, str, str]]

    @cached_property
    def by_year(self) -> dict[str, Figure]:
        """Measures that are shown by the year, and stand alone.

        One that shares a form with another, or follows from others, could be worked out from them
        although its own months are hidden: it is not shown.
        """
        asked = {name: one for name, one in self.figures.items() if one.kpi.masked_by == "year"}
        uses = Counter(form for one in self._rolling for form in one.forms)
        return {
            name: one
            for name, one in asked.items()
            if all(
                form in self.monthly or (uses[form] == 1 and form not in self._follows)
                for form in one.forms
            )
        }

    @cached_property
    def _rolling(self) -> list[Figure]:
        return [one for one in self.figures.values() if one.kpi.masked_by in ("month", "year")]

    @cached_property
    def by_year_end(self) -> dict[str, Figure]:
        """Measures of which the years to March alone are shown: what follows from them is known."""
        asked = {n: one for n, one in self.figures.items() if one.kpi.masked_by == "year_end"}
        return {name: one for name, one in asked.items() if one.forms <= self.vectors.keys()}

    @cached_property
    def for_the_whole(self) -> frozenset[str]:
        """Forms of which no month is shown, and the years of the whole council alone."""
        named = ("year", "year_end")
        figures = [one for one in self.figures.values() if one.kpi.masked_by in named]
        return forms_of(figures) - self.monthly

    @cached_property
    def _follows(self) -> frozenset[str]:
        """Forms that follow from others that some measure shows in more than years to March."""
        names = forms_of(self._rolling).intersection(self.vectors)
        return frozenset(name for name in names if self._reduced(name, names - {name}))

    @cached_property
    def whole(self) -> frozenset[str]:
        """Forms that count whole children or people: for these five counts must stay possible."""
        figures = self.figures.values()
        above = frozenset(one.above for one in figures if one.counts_above)
        return above | frozenset(one.below for one in figures if one.is_whole)

    @cached_property
    def dependent(self) -> frozenset[str]:
        """Forms that follow from others; no other can ever be worked out from its like."""
        names = frozenset(self.vectors)
        return frozenset(name for name in names if self._reduced(name, names - {name}))

    def around(self, side: Side) -> list[Side]:
        """What is shown by the month, or left between two that are, and holds all of ``side``."""
        inside = self.counted_in(side)
        return [
            one
            for one in self._told
            if all(unit <= most for unit, most in zip(inside, self.counted_in(one), strict=True))
        ]

    @cached_property
    def _told(self) -> list[Side]:
        shares = [one for one in self.by_month.values() if one.is_share]
        sides: list[Side] = [{form: 1} for form in sorted(self.monthly & self.vectors.keys())]
        rests: list[Side] = [{one.below: 1, one.above: -1} for one in shares]
        return sides + [rest for rest in rests if rest.keys() <= self.vectors.keys()]

    def counted_in(self, side: Side) -> list[Fraction]:
        """How often each unit counts in a sum or difference of forms."""
        times = [[often * unit for unit in self.vectors[form]] for form, often in side.items()]
        return [sum(unit, Fraction(0)) for unit in zip(*times, strict=True)]

    @cached_property
    def _answers(self) -> dict[tuple[str, frozenset[str]], dict[str, Fraction] | None]:
        return {}

    def made_of(self, form: str, visible: frozenset[str]) -> dict[str, Fraction] | None:
        """The visible forms that add up to ``form``, each with its share; None when none do."""
        asked = (form, visible)
        if asked not in self._answers:
            self._answers[asked] = self._reduced(form, visible)
        return self._answers[asked]

    def _reduced(self, form: str, visible: frozenset[str]) -> dict[str, Fraction] | None:
        return self._span(visible).made_of(self.vectors[form])

    def left(self, form: str, visible: frozenset[str]) -> tuple[Number, ...]:
        """What is not known of a form where others are seen; the same for two: they add up."""
        asked = (form, visible)
        if asked not in self._lefts:
            self._lefts[asked] = self._span(visible).left(self.vectors[form])
        return self._lefts[asked]

    def _span(self, visible: frozenset[str]) -> Span:
        if visible not in self._spans:
            known = {name: self.vectors[name] for name in sorted(visible)}
            self._spans[visible] = Span(known, self.equal)
        return self._spans[visible]

    @cached_property
    def _spans(self) -> dict[frozenset[str], Span]:
        return {}

    @cached_property
    def _lefts(self) -> dict[tuple[str, frozenset[str]], tuple[Number, ...]]:
        return {}

    @cached_property
    def by_month(self) -> dict[str, Figure]:
        return {name: one for name, one in self.figures.items() if one.kpi.masked_by == "month"}

    @cached_property
    def monthly(self) -> frozenset[str]:
        """Forms whose single months are shown by some measure."""
        return forms_of(self.by_month.values())

    @cached_property
    def additive(self) -> frozenset[str]:
        """Forms of which the teams add up to the council."""
        return forms_of(one for one in self.figures.values() if one.adds_up)

    @cached_property
    def counted(self) -> frozenset[str]:
        """Forms that count children or people, and so may be small."""
        figures = self.figures.values()
        above = frozenset(one.above for one in figures if one.counts_above)
        return above | frozenset(one.below for one in figures if one.counts_below)


def of(dataset: Dataset, kpis: Sequence[Kpi]) -> Makeup:
    """The make-up of a return's measures."""
    units = _units(dataset, kpis)
    figures: dict[str, Figure] = {}
    vectors: dict[str, Vector] = {}
    for kpi in kpis:
        figure = _figure(dataset, kpi)
        figures[kpi.kpi_id] = figure
        for form, text in ((figure.above, kpi.numerator), (figure.below, kpi.denominator)):
            if form and text and (vector := _vector(dataset, kpi, text, units)):
                vectors[form] = vector
    names = _by_vector(figures, vectors)
    figures = {
        kpi_id: _renamed(one, names.get(one.above, one.above), names.get(one.below, one.below))
        for kpi_id, one in figures.items()
    }
    kept = {names.get(form, form): vector for form, vector in vectors.items()}
    equal = [vector for rule in dataset.rules for vector in _equality(rule.expect, units)]
    return Makeup(figures=figures, flows=_flows(dataset, kept, units), **_fewer(kept, equal))


def _fewer(vectors: Mapping[str, Vector], equal: Sequence[Vector]) -> dict[str, Any]:
    """The vectors over the units that some form tells apart: most count in the same forms."""
    every = [*vectors.values(), *equal]
    told = list(dict.fromkeys(unit for unit in zip(*every, strict=True) if any(unit)))
    fewer = list(zip(*told, strict=True)) or [()] * len(every)
    return {
        "vectors": dict(zip(vectors, fewer, strict=False)),
        "equal": fewer[len(vectors) :],
    }


def _figure(dataset: Dataset, kpi: Kpi) -> Figure:
    scope = f" where {kpi.filter}" if kpi.filter else ""
    per_head = kpi.denominator in ("", "population")
    below = "rows" if kpi.statistic else kpi.denominator
    return Figure(
        kpi=kpi,
        above=f"{kpi.numerator}{scope}" if kpi.numerator else f"{kpi.kpi_id}: {kpi.statistic}",
        below="" if (per_head and not kpi.statistic) or kpi.as_reported else f"{below}{scope}",
        is_share=kpi.is_percentage and not kpi.statistic,
        adds_up=not kpi.statistic,
        counts_above=_types(dataset, kpi.numerator) == {"count"},
        counts_below="money" not in _types(dataset, kpi.denominator),
        is_whole=_types(dataset, kpi.denominator) == {"count"},
    )


def _types(dataset: Dataset, text: str) -> set[str]:
    """What is counted: ``case when … then 1`` counts rows, whatever its condition is about."""
    counted = CONDITION.sub("then", text)
    named = [dataset.column(name) for name in words(counted) if name in dataset.names]
    return {column.type for column in named if column.is_measure} or ({"count"} if text else set())


def _renamed(figure: Figure, above: str, below: str) -> Figure:
    return Figure(**{**figure.__dict__, "above": above, "below": below})


def _by_vector(figures: Mapping[str, Figure], vectors: Mapping[str, Vector]) -> dict[str, str]:
    """The first name of every vector for all names of it: one cell has one name."""
    first = {vector: form for form, vector in reversed(list(vectors.items()))}
    return {form: first[vector] for form, vector in vectors.items()}


# ---- columns as unit vectors ----


def _units(dataset: Dataset, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """One row a figure and group of rows (a code in each code column): that figure 1, others 0.

    A figure of which another is the only part stands for what is left of it, so that the row of the
    part has both. Of a list that the council keeps itself the codes are those that some measure
    names, and one that none does.
    """
    measures = [column.name for column in dataset.columns if column.is_measure]
    codes = {column.name: column.codes for column in dataset.columns if column.codes}
    for column in dataset.columns:
        if column.codes_of and (named := _named(column.name, kpis)):
            codes[column.name] = (*named, "")
    wholes = {name: _wholes(name, _parts(dataset, measures)) for name in measures}
    rows = [
        dict.fromkeys(measures, 0)
        | dict.fromkeys(wholes[name], 1)
        | dict(zip(codes, group, strict=True))
        for group in product(*codes.values())
        for name in measures
    ]
    return pl.DataFrame(
        rows, schema={name: pl.Int64 for name in measures} | {c: pl.String for c in codes}
    )


def _parts(dataset: Dataset, measures: Sequence[str]) -> dict[str, list[str]]:
    """The parts of each figure, as the return's rules ``part <= whole`` and ``a + b = whole`` say.

    Parts of several rules may overlap: then only those that make up the whole are taken.
    """
    found: dict[str, list[tuple[bool, list[str]]]] = {}
    for rule in dataset.rules:
        if said := PARTS.fullmatch(rule.expect):
            parts, whole = said[1].split(" + "), said[3]
            if whole in measures and set(parts) <= set(measures) - {whole}:
                found.setdefault(whole, []).append((said[2] == "=", parts))
    return {
        whole: max(rules)[1]
        for whole, rules in found.items()
        if len(rules) == 1 or sum(is_all for is_all, _ in rules) == 1
    }


def _wholes(name: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    """A figure and all that it is a part of."""
    above = [whole for whole, some in parts.items() if name in some]
    return [name, *(one for whole in above for one in _wholes(whole, parts))]


def _named(column: str, kpis: Sequence[Kpi]) -> list[str]:
    """The codes with which measures pick rows by a column."""
    found = re.compile(rf"\b{column} = '([^']*)'")
    return list(dict.fromkeys(code for kpi in kpis for code in found.findall(kpi.filter)))


def _vector(dataset: Dataset, kpi: Kpi, text: str, units: pl.DataFrame) -> Vector | None:
    """How often each unit counts in an expression; None when it is no plain sum of columns."""
    measures = {column.name for column in dataset.columns if column.is_measure}
    asked = [kpi.filter, *CONDITION.findall(text)]
    if any(name in measures or name not in units.columns for part in asked for name in words(part)):
        return None
    if not set(words(text)) <= set(units.columns) or not set(words(text)) & measures:
        return None
    return _evaluated(text, kpi.filter, units)


def _evaluated(text: str, scope: str, units: pl.DataFrame) -> Vector | None:
    kept = pl.sql_expr(scope) if scope else pl.lit(True)
    once = units.select(pl.when(kept).then(pl.sql_expr(text)).otherwise(0)).to_series()
    numbers = [name for name, dtype in units.schema.items() if dtype == pl.Int64]
    often = units.with_columns(pl.col(numbers) * SEVERAL).select(
        pl.when(kept).then(pl.sql_expr(text)).otherwise(0)
    )
    vector = tuple(Fraction(value) for value in once)
    is_sum = tuple(Fraction(value) for value in often.to_series()) == tuple(
        value * SEVERAL for value in vector
    )
    return vector if is_sum and any(vector) else None


def _equality(expect: str, units: pl.DataFrame) -> list[Vector]:
    """A rule ``a + b = c`` as vectors that are zero, one for each group of rows."""
    left, sign, right = expect.partition(" = ")
    plain = sign and not re.search(r"[<>!(']|\b(and|or|not|is)\b", expect)
    if not plain or not set(words(expect)) <= set(units.columns):
        return []
    first, second = (_evaluated(side, "", units) for side in (left, right))
    if first is None or second is None:
        return []
    zero = [one - other for one, other in zip(first, second, strict=True)]
    size = sum(dtype == pl.Int64 for dtype in units.dtypes)
    groups = range(0, len(zero), size)
    return [
        tuple(value if at <= place < at + size else Fraction(0) for place, value in enumerate(zero))
        for at in groups
    ]


def _flows(
    dataset: Dataset, vectors: Mapping[str, Vector], units: pl.DataFrame
) -> list[tuple[str, str, str]]:
    """Stock, starts and ends of a return, where all three are forms of some measure."""
    names = {vector: form for form, vector in vectors.items()}
    found = []
    for flow in dataset.flows:
        sides = [_evaluated(text, "", units) for text in (flow.stock, flow.starts, flow.ends)]
        forms = [names.get(side, "") for side in sides if side is not None]
        if len(forms) == 3 and all(forms):
            found.append((forms[0], forms[1], forms[2]))
    return found
