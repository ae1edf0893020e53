"""The guard against files about children instead of numbers of children.

A file that looks as if it named a child is refused before anything of it is stored, quoted or
logged: what is found names the line and the column, and says what it looks like, never the value.
In free text, where a person writes, the same is found; there somebody may have looked and vouch
that no child can be known by it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kpi.catalogue import Catalogue
from kpi.ingest.characters import joined
from kpi.ingest.findings import SCHEMA, Frames
from kpi.ingest.header import Fit, Header
from kpi.ingest.kinds import KINDS
from kpi.records import Severity

SHORTEST = 5  # bytes of what may be an identity: a postcode without its gap, a short name
LISTED = 50  # findings that are listed; one is enough to refuse the file

#: Headings that only a list of people has, as they are spelt without spaces and signs.
HEADINGS = {
    "a name": "name forename forenames firstname first_name givenname given_name surname lastname "
    "last_name familyname family_name middlename fullname full_name child_name childname "
    "name_of_child child pupil_name client_name initials also_known_as aka",
    "a date of birth": "dob d_o_b dateofbirth date_of_birth birth_date birthdate born birthday",
    "an NHS number": "nhs nhs_no nhsno nhs_number nhsnumber",
    "a unique pupil number": "upn upn_number unique_pupil_number uniquepupilnumber",
    "a record of one child": "child_id childid client_id clientid person_id personid lac_id "
    "laid liquidlogic_id mosaic_id pupil_id case_number case_ref uln national_insurance_number",
    "an address": "address home_address address1 address2 address_1 address_2 address_line_1 "
    "address_line_2 street house_number postcode post_code post_code_district uprn",
    "a telephone number": "phone phone_number telephone telephone_number tel mobile mobile_number",
    "an e-mail address": "email e_mail email_address e_mail_address",
    "a parent": "mother father mothers_name fathers_name parent_name carer_name next_of_kin",
}
WORDS = {word: kind for kind, words in HEADINGS.items() for word in words.split()}

#: What every look below needs at the least, in one pattern that a million cells are tried by: an @,
#: many digits, the end of a postcode, the begin of an address, a birth, a day behind a word.
SUSPECT = (
    r"@|\d(?:[\s\x1c-\x1f()-]{0,2}\d){8}|\d ?[A-Z]{2}|\d[a-z]?,? [A-Z]|(?i:born|dob|d\.o\.b|birth)"
    r"|[a-z'’][ ,(:;-]{1,4}\d"
)
NHS = re.compile(r"(?<!\d)(?<![.,£-])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d|[.,]\d)")
UPN = re.compile(r"\b([A-HJ-NP-RT-Z])(\d{11})([0-9A-HJ-NP-RT-Z])\b", re.I)
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
#: One sign before the @ is enough: to look for more takes hours in a cell of a million signs.
EMAIL = re.compile(r"[\w.+-]@[\w-]+(\.[\w-]+)*\.[a-z]{2,}\b", re.I)
POSTCODE = re.compile(
    r"\b(GIR ?0AA|[A-PR-UWYZ]([0-9]{1,2}|[A-HK-Y][0-9]([0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW])"
    r" ?[0-9][ABD-HJLNP-UW-Z]{2})\b"
)
PHONE = re.compile(r"(?<![\d.,])(\+44\s?\(?0?\)?|\(?0)[1-9](?:[\s()-]{0,2}\d){8,9}(?!\d)")
STREET = (
    "Street|Road|Lane|Avenue|Close|Drive|Crescent|Gardens|Terrace|Grove|Mews|Cottages|St|Rd|Ave"
)
ADDRESS = re.compile(rf"\b\d{{1,4}}[a-z]?,? ([A-Z][a-z'’]+ ){{1,3}}({STREET})\b")
SAID_DAY = r"\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8},? (?:19|20)\d{2}"
SHORT_DAY = r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}"
DAY = rf"(?:{SHORT_DAY}|{SAID_DAY})"
BORN = re.compile(rf"\b(?:born|dob|d\.o\.b\.?|date of birth)\b\W{{0,3}}(?:on )?{DAY}", re.I)
LAST = r"(?:O['’]|Mc|Mac)?[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?"
NAME = rf"[A-Z][a-z'’]+(?:-[A-Z][a-z]+)? (?:[A-Z]\.? )?{LAST}"
NAME_AND_DAY = re.compile(rf"\b({NAME})\b[ ,(:;-]{{1,4}}(?:{SHORT_DAY})")
#: Capitals that begin what has a date and is nobody.
NOBODY = set(
    "action agenda annual appendix audit board cabinet care child children childrens committee "
    "corporate council county court department director education family focused government head "
    "health improvement inspection joint meeting minutes month monthly notice ofsted paper plan "
    "practice priority programme quality report review safeguarding scrutiny section service "
    "services social strategy team tranche update version visit week work working year".split()
)
WHOLE_NAME = re.compile(rf"{NAME}|[A-Z]{{2,}},? [A-Z][a-z]+|[A-Z][a-z'’-]+, [A-Z][a-z'’-]+")
WHOLE_DAY = re.compile(DAY)


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number (modulus 11)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    check = (11 - total % 11) % 11
    return len(digits) == 10 and check != 10 and check == int(digits[9]) and len(set(digits)) > 1


def is_upn(text: str) -> bool:
    """Whether thirteen signs carry the check letter of a unique pupil number (modulus 23)."""
    signs = text.upper()
    values = [*map(int, signs[1:12])]
    last = signs[12]
    values.append(int(last) if last.isdigit() else UPN_LETTERS.index(last))
    total = sum(value * weight for weight, value in enumerate(values, 2))
    return UPN_LETTERS[total % 23] == signs[0]


def _nhs(text: str) -> bool:
    return any(is_nhs_number("".join(found)) for found in NHS.findall(text))


def _upn(text: str) -> bool:
    return any(is_upn("".join(found)) for found in UPN.findall(text))


def _dated_name(text: str) -> bool:
    return any(
        not NOBODY.intersection(found.casefold().replace("’", "").replace("'", "").split())
        for found in NAME_AND_DAY.findall(text)
    )


def _seen(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


#: What a text may look like, each with how that is told.
LOOKS: Mapping[str, Callable[[str], bool]] = {
    "an NHS number": _nhs,
    "a unique pupil number": _upn,
    "an e-mail address": _seen(EMAIL),
    "a postcode": _seen(POSTCODE),
    "a telephone number": _seen(PHONE),
    "an address": _seen(ADDRESS),
    "a date of birth": _seen(BORN),
    "a name beside a date": _dated_name,
}


def looks_like(text: str) -> str:
    """What in a text looks like somebody's identity; empty when nothing does."""
    return next((kind for kind, sees in LOOKS.items() if sees(text)), "")


# ---- a file ----


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What is known of a file when it is screened: its columns by place, and who has looked."""

    header: Header
    near: Fit | None
    prose_checked: bool

    def column(self, place: int) -> str:
        """The name of a column: the return's own, or its number. A heading may be a name itself."""
        for name, at in self.near.places.items() if self.near else ():
            if at == place:
                return name
        return f"column {place + 1}"

    def type_of(self, place: int) -> str:
        name = self.column(place)
        known = self.near is not None and name in self.near.places
        return self.near.dataset.column(name).type if known and self.near else ""


def headings(header: Header, catalogue: Catalogue) -> Frames:
    """Headings that only a list of people has. A return's own headings are never among them."""
    own = {
        joined(spelling)
        for dataset in catalogue.datasets.values()
        for column in dataset.columns
        for spelling in (column.name, *column.alias)
    }
    found = [
        (place, WORDS[joined(cell)])
        for place, cell in enumerate(header.cells)
        if joined(cell) in WORDS and joined(cell) not in own
    ]
    values = [(place, looks_like(cell)) for place, cell in enumerate(header.cells)]
    told = [*found, *((place, kind) for place, kind in values if kind)]
    return [_one("identity_heading", header.line, f"column {at + 1}", kind) for at, kind in told]


def screen(cells: pl.DataFrame, guard: Guard) -> Frames:
    """What in the cells of a file looks like a child's identity (``table.Table.cells``)."""
    texts = _texts(cells)
    found: Frames = []
    for name, written in texts.items():
        kinds = _kinds(written)
        if kinds:
            lines = cells.filter(pl.col(name).is_in(list(kinds))).head(LISTED)
            is_prose = guard.type_of(int(name)) == "text"
            code = "identity_text" if is_prose else "identity"
            severity = "warning" if is_prose and guard.prose_checked else "error"
            found += [
                _one(code, line, guard.column(int(name)), kinds[text], severity)
                for line, text in lines.select("line", name).iter_rows()
            ]
    return [*found, *_names_beside_days(cells, texts, guard)]


def _texts(cells: pl.DataFrame) -> dict[str, pl.Series]:
    """Each text once, of the columns in which any is long enough to be an identity."""
    names = pl.col(cells.columns[1:])
    lengths = cells.select(names.str.len_bytes().max()).row(0, named=True)
    long = [name for name, most in lengths.items() if (most or 0) >= SHORTEST]
    each = cells.select(pl.col(long).drop_nulls().unique().implode())
    return {name: each[name].explode() for name in long}


def _kinds(texts: pl.Series) -> dict[str, str]:
    """Those of the texts that look like an identity, each with what it looks like."""
    found = {text: looks_like(text) for text in texts.filter(texts.str.contains(SUSPECT))}
    return {text: kind for text, kind in found.items() if kind}


def _names_beside_days(cells: pl.DataFrame, texts: Mapping[str, pl.Series], guard: Guard) -> Frames:
    """A cell that is a name and no more, in a row with a day that the return does not ask for."""
    free = [name for name in texts if guard.type_of(int(name)) in ("", "ref", "text")]
    days = [name for name in free if _any(texts[name], WHOLE_DAY)]
    names = [name for name in free if days and _any(texts[name], WHOLE_NAME)]
    found: Frames = []
    for name in names:
        beside = [day for day in days if day != name]
        if not beside:
            continue
        is_day = pl.any_horizontal(_is_whole(day, WHOLE_DAY) for day in beside)
        rows = cells.filter(_is_whole(name, WHOLE_NAME) & is_day).head(LISTED)
        found += [
            _one("identity", line, guard.column(int(name)), "a name beside a date")
            for line in rows["line"]
        ]
    return found


def _any(texts: pl.Series, pattern: re.Pattern[str]) -> bool:
    return bool(texts.str.contains(f"^(?:{pattern.pattern})$").any())


def _is_whole(column: str, pattern: re.Pattern[str]) -> pl.Expr:
    return pl.col(column).str.contains(f"^(?:{pattern.pattern})$").fill_null(False)


def broken(rows: pl.DataFrame) -> Frames:
    """The same for rows that could not be laid under the header (``table.Table.broken``)."""
    found = [(line, looks_like(text or "")) for line, text in rows.iter_rows()]
    return [_one("identity", line, None, kind) for line, kind in found if kind][:LISTED]


def plain_text(text: str) -> Frames:
    """A file without a readable header, line by line."""
    found = [
        (line, kind)
        for line, words in enumerate(text.split("\n"), 1)
        if (kind := looks_like(words))
    ]
    return [_one("identity", line, None, kind) for line, kind in found[:LISTED]]


def _one(
    code: str, line: int, column: str | None, kind: str, severity: Severity = "error"
) -> pl.DataFrame:
    where = f"Row {line}{f', {column}' if column else ''}: "
    message = where + KINDS[code].message.format(hint=kind)
    return pl.DataFrame(
        [(line, column, None, code, severity, message)], schema=SCHEMA, orient="row"
    )


def is_refused(found: Sequence[pl.DataFrame]) -> bool:
    return any("error" in frame["severity"] for frame in found)
