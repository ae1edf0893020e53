"""Every kind of finding: its code, how grave it is, and what it tells the officer.

A message may quote ``{value}`` (the cell), ``{hint}`` (what it was read as, or the mend) and
``{cells}`` (how many). What stands in front of it, ``Row 7, month:``, is added by the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kpi.records import Severity

Per = Literal["cell", "value", "file"]


@dataclass(frozen=True)
class Kind:
    """One kind of finding. ``per``: listed for every cell, once a spelling, or once a file."""

    severity: Severity
    message: str
    per: Per = "cell"


def _error(message: str, per: Per = "cell") -> Kind:
    return Kind("error", message, per)


def _warning(message: str, per: Per = "cell") -> Kind:
    return Kind("warning", message, per)


def _information(message: str) -> Kind:
    return Kind("information", message, "file")


IDENTITY = {
    "identity": _error(
        "this looks like {hint}. The dashboard takes numbers of children, never a child: the file "
        "was refused and nothing of it was kept. Take the column out and send it again."
    ),
    "identity_heading": _error(
        "the heading says that this is {hint}. The dashboard takes numbers of children, never a "
        "child: the file was refused and nothing of it was kept. Take the column out."
    ),
    "identity_text": _error(
        "the text holds what looks like {hint}. Take it out, or have a person check that no child "
        "can be known by it, and say so."
    ),
}
FILE = {
    "file_too_large": _error(
        "The file is larger than {hint}. Send it in parts, such as a year each."
    ),
    "file_too_long": _error(
        "The file has more than {hint} lines. Send it in parts, such as a year each."
    ),
    "file_too_wide": _error(
        "The header has more than {hint} columns. Take out those that no return has."
    ),
    "file_too_slow": _error(
        "The check took longer than {hint} seconds and was stopped. Send the file in parts, and "
        "without quotation marks where none are needed."
    ),
    "file_empty": _error("The file is empty."),
    "file_not_csv": _error("This is {hint}"),
    "file_not_text": _error(
        "The file holds bytes that are not text ({hint}). In Excel use Save As, CSV UTF-8."
    ),
    "file_byte_mark": _information(
        "Removed an invisible mark at the start of the file. No values changed."
    ),
    "file_windows_1252": _information(
        "This file was saved in an older Windows format; it was converted. "
        "Check £ and apostrophes in the preview."
    ),
    "file_utf_16": _information("Converted from Excel's 'Unicode Text'."),
    "file_mixed_encoding": _warning(
        "Some letters look garbled ({hint}): the file mixes two text formats. "
        "Check £ and apostrophes."
    ),
    "control_characters": _information("Replaced invisible control characters with spaces."),
    "separator_not_comma": _information("Columns are separated by {hint}; read as such."),
    "title_lines": _information("Skipped {hint} above the header."),
    "header_missing": _error(
        "None of the first 10 lines holds column names that are known here. {hint}"
    ),
    "header_respelled": _information("The heading {value} was read as {hint}."),
    "dataset_unknown": _error("The header fits no return. {hint}"),
    "dataset_ambiguous": _error("The header fits more than one return: {hint}. Choose which."),
    "column_missing": _error("The column {value} is missing.{hint}"),
    "column_unexpected": _error("{value} is not a column of this return.{hint}"),
    "column_doubled": _error(
        "The column {value} appears more than once, as {hint}. Keep one of them."
    ),
    "column_unnamed": _error("Column {hint} has no heading. Name it or remove it."),
}

ROWS = {
    "no_rows": _error("No data rows found under the header."),
    "blank_rows": _information("Skipped {hint}."),
    "trailing_cells": _information("Dropped empty cells beyond the last column in {hint}."),
    "row_too_long": _error(
        "Expected {columns} values, found {width}. "
        "A number such as 1,204 may need quotation marks or no comma."
    ),
    "row_too_short": _error(
        "Expected {columns} values, found {width}. "
        "A separator or part of the row is missing, or it is a note to remove."
    ),
    "quote_not_closed": _error(
        "A quotation mark opens in this row and never closes, so the rows after it cannot be read."
    ),
    "cell_holds_rows": _error(
        "The cell has swallowed whole rows below it. Close the quotation mark, or remove it."
    ),
    "total_row": _error("{value} looks like a total. Remove the row; totals are calculated."),
    "header_repeated": _information("Skipped {hint} repeating the header."),
}

CELLS = {
    "special_characters": _information(
        "Replaced special spaces, dashes or quotation marks ({cells})."
    ),
    "cell_blank": _error("The cell is blank, and a value is needed."),
    "cell_formula": _error(
        "{value} is a formula. Paste its result as a value (Paste Special, Values)."
    ),
    "cell_spreadsheet_error": _error(
        "{value} is a spreadsheet's error. Mend the formula and save the file again."
    ),
    "measure_blank": _information(
        "Blank figures are kept as 'not supplied', not as zero ({cells}). "
        "If there were none, enter 0."
    ),
    "marker_kept": _information("{value} is kept as a withheld figure, not as zero ({cells})."),
    "marker_respelled": _information(
        "{value} is kept as the marker {hint}, a withheld figure, not as zero ({cells})."
    ),
    "cell_not_a_number": _error("{value} is not a number."),
    "cell_says_nothing": _error(
        "{value} is not a number. If there were none, enter 0; if it is not known, leave it blank "
        "or enter x."
    ),
    "cell_abbreviated": _error("{value} is not a number. Write {hint}."),
    "cell_percentage": _error("{value} is a percentage, and this column takes a figure."),
    "cell_scientific": _error(
        "{value} is a number that the spreadsheet shortened. Format the cell as a number first."
    ),
    "cell_ambiguous_number": _error(
        "{value} may mean a thousand or a part of one. Write it without the separator."
    ),
    "cell_not_whole": _error("{value} is not a whole number, and this column counts."),
    "cell_became_date": _error(
        "{value} is a date. A spreadsheet may have changed what was typed, such as 1-5."
    ),
    "cell_too_long_number": _error("{value} has more digits than a figure here can have."),
    "thousands_separator": _information("Read {value} as {hint} ({cells})."),
    "decimal_comma": _information("Read {value}, with a decimal comma, as {hint} ({cells})."),
    "pound_sign": _information("Read {value} as {hint} pounds ({cells})."),
    "percent_sign": _information("Read {value} as {hint} per cent ({cells})."),
    "brackets": _information("Read {value}, in brackets, as {hint} ({cells})."),
    "whole_number": _information("Read {value} as {hint} ({cells})."),
    "rounded": _information("Rounded {value} to {hint} ({cells})."),
    "number_too_small": _error("{value} is less than {hint}, the least that this column takes."),
    "number_too_large": _error("{value} is more than {hint}, the most that this column takes."),
    "number_high": _warning("{value} is more than {hint}. Is it right?"),
    "column_fractions": _error(
        "The column looks like fractions ({value}). Send 85 rather than 0.85, or the counts."
    ),
    "cell_not_a_month": _error("{value} is not a month. Write it as 2025-03."),
    "month_us_order": _error("{value} has the month before the day. Write it as 2025-03."),
    "month_ambiguous": _error("{value} may mean {hint}. Write it as 2025-03."),
    "month_without_year": _error("{value} has no year. Write it as 2025-03."),
    "month_two_digit_year": _error("{value} has a year of two digits. Write it as 2025-03."),
    "month_respelled": _information("Read {value} as {hint} ({cells})."),
    "month_day_first": _warning("{value} was read day first, as {hint} ({cells}).", "value"),
    "month_serial": _warning("{value} was read as {hint} ({cells}).", "value"),
    "month_in_future": _error("{value} is in the future."),
    "month_not_over": _warning("{hint} is not over yet ({cells}).", "value"),
    "month_old": _warning("{hint} is more than 60 months ago ({cells}).", "value"),
    "cell_not_a_day": _error("{value} is not a day. Write it as 2025-05-30 or 30/05/2025."),
    "day_respelled": _information("Read {value} as {hint} ({cells})."),
    "day_in_future": _error("{value} is in the future, and this day is one that has been."),
    "org_unknown": _error("{value} is not in the list of teams.{hint}"),
    "org_respelled": _information("Read {value} as {hint} ({cells})."),
    "org_whole_council": _information("A blank team was read as the whole council ({cells})."),
    "org_no_council": _error(
        "{value} means the whole council, and the list of teams holds no council."
    ),
    "org_not_open": _error("{value} was not open in {month}. It is open {hint}."),
    "code_unknown": _error("{value} is not one of the codes of this column.{hint}"),
    "code_respelled": _information("Read {value} as {hint} ({cells})."),
    "list_unknown": _error("{value} holds {hint}"),
    "list_respelled": _information("Read {value} as {hint} ({cells})."),
    "flag_unknown": _error("{value} is neither Y nor N."),
    "brag_unknown": _error("{value} is none of blue, red, amber, green."),
    "text_formula": _information(
        "{value} begins like a formula: kept as text, and made harmless in every download "
        "({cells})."
    ),
    "text_too_long": _error("The text is longer than {hint} characters. Shorten it."),
}

RULES = {
    "row_repeated": _warning("The row repeats row {first}, and was left out."),
    "key_given_twice": _error("Rows {first} and {line} both give {key} but differ: {differs}."),
    "held_twice": _error(
        "Rows {first} and {line} both give {key}, once with {before} and once with {after}."
    ),
    "org_and_its_teams": _error(
        "{value} and its part {part} (row {other}) are both given for {month}. "
        "Keep either the whole or the parts."
    ),
    "name_repeated": Kind(
        "information",
        "{value} also stands in row {first}. Both are kept, as their {key} differs: {differs}.",
    ),
    "link_missing": _error("{value} leads to {link}, which no row of this file is.{hint}"),
    "link_cycle": _error("These wait for one another, so none can begin: {circle}. Cut one link."),
    "kpi_without_data": _warning("No figure of {value} is published yet, so it cannot be tested."),
    "total_missing": _warning(
        "No row declares the total of {value} ({parts}), so nothing proves that none is missing."
    ),
    "total_differs": _error(
        "The {name} of {whose} adds up to {found} in {parts}. Its declared total is {declared}: "
        "{gap}."
    ),
    "flow": _warning(
        "{value} does not follow from last month's {opening} plus {started} started less "
        "{ended} ended, which makes {expected}."
    ),
}

KINDS: Mapping[str, Kind] = IDENTITY | FILE | ROWS | CELLS | RULES
