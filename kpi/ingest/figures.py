"""Figures: counts, numbers and money, in the ways that people and spreadsheets write them.

``MENDS`` are spellings that leave no doubt and are read; ``FAULTS`` say why another is no figure.
The next kind of dirt is one more row of either.
"""

from dataclasses import dataclass, replace

import polars as pl

from kpi.catalogue import Column
from kpi.ingest.rendering import as_text
from kpi.ingest.spelling import REMARKS, Spellings

DTYPES = {"count": pl.Int64(), "number": pl.Decimal(12, 4), "money": pl.Decimal(14, 2)}
DECIMALS = {"number": 4, "money": 2}
PLAIN = {
    "count": r"^-?\d{1,15}$",
    "number": r"^-?(\d+\.?\d*|\.\d+)$",
    "money": r"^-?(\d+\.?\d*|\.\d+)$",
}
MARKER = r"^\[?(c|k|low|u|x|z)\]?$"
# Other spellings of a marker: pattern, marker.
MARKERS = (
    (r"^\*+$", "c"),
    (r"^(<|less than|fewer than) ?=? ?\d+$", "c"),
    (r"^:$", "x"),
    (r"^(\.{2,}|…)$", "x"),
)


@dataclass(frozen=True, kw_only=True)
class Mend:
    """Where ``when`` fits, ``find`` becomes ``put``.

    It suits columns of ``types`` and ``unit``, and files whose separator is a comma or is not
    (``comma``; None: any).
    """

    code: str
    when: str
    find: str
    put: str = ""
    types: tuple[str, ...] = ("count", "number", "money")
    unit: str | None = None
    comma: bool | None = None

    def suits(self, column: Column, separator: str) -> bool:
        suits = column.type in self.types and self.unit in (None, column.unit)
        return suits and self.comma in (None, separator == ",")


THOUSANDS = Mend(code="thousands_separator", when="", find=",")
COMMAS = Mend(code="decimal_comma", when="", find=",", put=".", comma=False)
MENDS = (
    Mend(code="pound_sign", when=r"^-?\(?-? ?£", find="£ ?", types=("money",)),
    Mend(code="percent_sign", when=r"\d ?%$", find=" ?%$", types=("number",), unit="%"),
    Mend(code="brackets", when=r"^\( ?[\d.,]+ ?\)$", find=r"^\( ?(.*?) ?\)$", put="-$1"),
    replace(THOUSANDS, when=r"^-?\d{1,3}( \d{3})+(\.\d+)?$", find=" "),
    replace(THOUSANDS, when=r"^-?\d{1,3}(,\d{3}){2,}(\.\d+)?$"),
    replace(THOUSANDS, when=r"^-?\d{1,3},\d{3}\.\d+$"),
    replace(THOUSANDS, when=r"^-?\d{1,3},\d{3}$", comma=True),
    replace(THOUSANDS, when=r"^-?\d{1,3},\d{3}$", types=("count",)),
    replace(THOUSANDS, when=r"^-?\d{1,3}(\.\d{3})+,\d+$", find=r"\.", comma=False),
    replace(COMMAS, when=r"^-?(\d*,(\d\d?|\d{4,})|(0|\d{4,}),\d{3})$"),
    Mend(code="whole_number", when=r"^-?\d+\.0*$", find=r"\.0*$", types=("count",)),
)
# Beside decimal commas, a point may be a thousands separator.
UNSURE_POINT = r"^-?\d{1,3}\.\d{3}$"

FAULTS = (
    ("cell_formula", r"^'?[=+@]"),
    ("cell_spreadsheet_error", r"^#(n/a|ref!|div/0!|value!|name\?|num!|null!|spill!|calc!|#*)$"),
    ("cell_says_nothing", r"^([-.?]|--+|n/?a|nil|none|null|nan|tbc|unknown|not known)$"),
    ("cell_abbreviated", r"^-?\(?£?\d[\d.,]* ?(k|m|bn|thousand|million)\)?$"),
    ("cell_percentage", r"\d ?%$"),
    ("cell_scientific", r"^-?\d+(\.\d+)?e[+-]?\d+$"),
    ("cell_became_date", r"^(\d{1,2}[-/ ][a-z]{3,9}([-/ ]\d+)?|[a-z]{3}[- ]\d\d|\d+/\d+(/\d+)?)$"),
    ("cell_ambiguous_number", r"^-?\d{1,3},\d{3}$"),
    ("cell_too_long_number", r"^-?\d{9,}(\.\d*)?$"),
    ("cell_not_whole", r"^-?\d*\.\d+$"),
)
FACTORS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9}


def read(texts: pl.Series, column: Column, separator: str) -> Spellings:
    """Spellings of figures -> value and state, with what was mended and what is wrong."""
    values = pl.DataFrame({"text": texts}).with_columns(
        value=_cast(pl.col("text"), column), state=pl.lit(None, pl.String)
    )
    if not values.select(_asks(column).any()).item():
        return Spellings(values=values, remarks=pl.DataFrame(schema=REMARKS))
    table = _marked(pl.DataFrame({"text": texts}))
    given = table.filter(pl.col("state").is_null())
    mended, mends = _mended(given, column, separator)
    figures = given.join(mended, on="text", how="left", maintain_order="left").with_columns(
        value=pl.coalesce("mended", "now").pipe(_cast, column)
    )
    notes = pl.concat([mends, _rounded(figures, column)]).join(
        figures.select("text", hint=as_text(column, "value")), on="text", how="left"
    )
    faults = _faults(figures, column, unsure="decimal_comma" in mends["code"])
    return _spellings(table, figures, notes, faults)


def _asks(column: Column) -> pl.Expr:
    """Whether there may be something to say of a spelling: most columns hold plain figures only."""
    asks = pl.col("value").is_null() | _is_rounded(pl.col("text"), column)
    for _, beyond, _ in _bounds(column, pl.col("value")):
        asks |= beyond
    return asks


def _cast(text: pl.Expr, column: Column) -> pl.Expr:
    fits = text.str.contains(PLAIN[column.type])
    return pl.when(fits).then(text).cast(DTYPES[column.type], strict=False)


def _marked(table: pl.DataFrame) -> pl.DataFrame:
    """Adds ``now``, the spelling in small letters, and ``state`` where it is a marker."""
    now = pl.col("text").str.to_lowercase()
    state = pl.when(now.str.contains(MARKER)).then(now.str.replace_all(r"[\[\]]", ""))
    for pattern, marker in MARKERS:
        state = state.when(now.str.contains(pattern)).then(pl.lit(marker))
    return table.with_columns(now=now, state=state.otherwise(None))


def _mended(
    given: pl.DataFrame, column: Column, separator: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spellings that had to be mended: text, mended; and with what: text, code."""
    rest = given.filter(~pl.col("now").str.contains(PLAIN[column.type]))
    rest = rest.select("text", mended="now")
    notes = [pl.DataFrame(schema={"text": pl.String, "code": pl.String})]
    for mend in MENDS if rest.height else ():
        if not mend.suits(column, separator):
            continue
        fits = pl.col("mended").str.contains(mend.when)
        notes.append(rest.filter(fits).select("text", code=pl.lit(mend.code)))
        now = pl.col("mended").str.replace_all(mend.find, mend.put)
        rest = rest.with_columns(mended=pl.when(fits).then(now).otherwise("mended"))
    return rest, pl.concat(notes).unique(maintain_order=True)


def _rounded(figures: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Spellings with more decimals than are kept."""
    beyond = _is_rounded(pl.coalesce("mended", "now"), column) & pl.col("value").is_not_null()
    return figures.filter(beyond).select("text", code=pl.lit("rounded"))


def _is_rounded(text: pl.Expr, column: Column) -> pl.Expr:
    return text.str.contains(rf"\.\d{{{DECIMALS.get(column.type, 0)}}}\d*[1-9]")


def _faults(figures: pl.DataFrame, column: Column, *, unsure: bool) -> pl.DataFrame:
    """Spellings that are no figure, or one out of bounds: text, code, hint."""
    text, value = pl.coalesce("mended", "now"), pl.col("value")
    code = pl.when(pl.lit(False)).then(pl.lit(""))
    if unsure:
        code = code.when(pl.col("now").str.contains(UNSURE_POINT)).then(
            pl.lit("cell_ambiguous_number")
        )
    for fault, pattern in FAULTS:
        code = code.when(value.is_null() & text.str.contains(pattern)).then(pl.lit(fault))
    code = code.when(value.is_null()).then(pl.lit("cell_not_a_number"))
    hints = {"": "", "cell_abbreviated": ""}
    for bound, beyond, limit in _bounds(column, value):
        code = code.when(beyond).then(pl.lit(bound))
        hints[bound] = f"{limit:g}"
    found = figures.with_columns(code=code.otherwise(None)).filter(pl.col("code").is_not_null())
    hint = pl.col("code").replace_strict(hints, default="", return_dtype=pl.String)
    written = pl.when(code="cell_abbreviated").then(_written_out(text)).otherwise(hint)
    return found.select("text", "code", hint=written)


def _bounds(column: Column, value: pl.Expr) -> list[tuple[str, pl.Expr, float]]:
    """What lies outside a column's bounds: code, condition, bound. A count is never negative."""
    least = 0 if column.min is None and column.type == "count" else column.min
    bounds = []
    if least is not None:
        bounds.append(("number_too_small", value < least, least))
    if column.max is not None:
        bounds.append(("number_too_large", value > column.max, column.max))
    if column.warn_above is not None:
        bounds.append(("number_high", value > column.warn_above, column.warn_above))
    return bounds


def _written_out(text: pl.Expr) -> pl.Expr:
    """'12k' -> '12000'."""
    number = text.str.extract(r"([\d.,]+)").str.replace_all(",", "").cast(pl.Float64, strict=False)
    factor = text.str.extract(r"([a-z]+)").replace_strict(FACTORS, default=None)
    written = (number * factor).round().cast(pl.Int64, strict=False).cast(pl.String)
    return written.fill_null("the whole figure")


def _spellings(
    table: pl.DataFrame, figures: pl.DataFrame, notes: pl.DataFrame, faults: pl.DataFrame
) -> Spellings:
    marked = table.filter(pl.col("state").is_not_null())
    kept = pl.when(pl.col("now") == pl.col("state")).then(pl.lit("marker_kept"))
    marks = marked.select("text", code=kept.otherwise(pl.lit("marker_respelled")), hint="state")
    errors = faults.filter(pl.col("code") != "number_high")
    value = pl.col("value")
    right = figures.join(errors.select("text"), on="text", how="anti", maintain_order="left")
    return Spellings(
        values=pl.concat(
            [
                right.select("text", value, state=pl.lit(None, pl.String)),
                marked.select("text", value=pl.lit(None, right.schema["value"]), state="state"),
            ]
        ),
        remarks=pl.concat(
            [
                pl.DataFrame(schema=REMARKS),
                marks,
                notes.join(errors, on="text", how="anti"),
                faults,
            ]
        ),
    )
