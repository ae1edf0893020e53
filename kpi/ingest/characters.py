"""Characters that pass for others: spaces, dashes and quotation marks that spreadsheets swap in."""

import re

import polars as pl

SPACES = tuple(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
)
INVISIBLE = tuple("\ufeff\u200b\u200c\u200d\u2060\u00ad")
DASHES = tuple("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
APOSTROPHES = tuple("\u2018\u2019\u201b\u2032")
QUOTES = tuple("\u201c\u201d\u201e\u2033")

IN_TEXT = dict.fromkeys(SPACES, " ") | dict.fromkeys(INVISIBLE, "")
IN_FIGURES = (
    IN_TEXT
    | dict.fromkeys(DASHES, "-")
    | dict.fromkeys(APOSTROPHES, "'")
    | dict.fromkeys(QUOTES, '"')
)
PLAIN = str.maketrans(IN_FIGURES)
NOT_A_WORD = re.compile(r"[\W_]+")

# What a spreadsheet takes for a formula when it begins a cell.
FORMULA = r"^[=+\-@\t\r]"
NEGATIVE = r"^-[\d.,]+$"
# An apostrophe in front makes it text; ours are taken off again when the file comes back.
GUARDED = r"^'([=+\-@\t\r])"


def plain(column: str, *, is_text: bool) -> pl.Expr:
    """The column without special characters; a text keeps its dashes and quotation marks."""
    swaps = IN_TEXT if is_text else IN_FIGURES
    return pl.col(column).str.replace_many(list(swaps), list(swaps.values()))


def trimmed(expression: pl.Expr) -> pl.Expr:
    """Without spaces at the ends; null when nothing is left."""
    text = expression.str.strip_chars()
    return pl.when(text != "").then(text)


def unguarded(expression: pl.Expr) -> pl.Expr:
    return expression.str.replace(GUARDED, "$1")


def defused(expression: pl.Expr) -> pl.Expr:
    """Text that no spreadsheet runs as a formula."""
    runs = expression.str.contains(FORMULA) & ~expression.str.contains(NEGATIVE)
    return pl.when(runs).then("'" + expression).otherwise(expression)


def joined(text: str) -> str:
    """A name as a heading is compared: 'Case Load ' and 'case_load' are the same."""
    return NOT_A_WORD.sub("_", text.translate(PLAIN).casefold()).strip("_")


def squeezed(text: str) -> str:
    """A name as a code is compared: 'CIN 1', 'cin-1' and 'CIN1' are the same."""
    return NOT_A_WORD.sub("", text.translate(PLAIN).casefold())
