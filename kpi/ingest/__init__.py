"""A monthly CSV: read whatever the bytes are, checked against its dataset, explained to a person.

``check`` takes a file to a :class:`Submission`: typed rows, and findings that say what is wrong,
where, and how to mend it. A file with an error is not published; nothing is guessed and no row is
shifted. The steps are modules in the order of their work: ``decoding`` (bytes to text), ``header``,
``table`` (text to cells), ``rows``, ``cells`` (``months``, ``days``, ``lists``, ``figures``,
``texts``) and ``rules``. What each finding says is in ``kinds``.
"""

from kpi.ingest.checking import check, detect
from kpi.ingest.copying import corrected
from kpi.ingest.findings import SHOWN, finding, shown
from kpi.ingest.months import month_of
from kpi.ingest.rendering import with_state
from kpi.ingest.submission import Context, Submission, empty, schema

__all__ = [
    "SHOWN",
    "Context",
    "Submission",
    "check",
    "corrected",
    "detect",
    "empty",
    "finding",
    "month_of",
    "schema",
    "shown",
    "with_state",
]
