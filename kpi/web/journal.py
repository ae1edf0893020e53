"""The server's log: one JSON object a line, of events and numbers, without names and figures."""

import json
import logging
import sys
from datetime import UTC, datetime

LOG = logging.getLogger("kpi")


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        return json.dumps(
            {"at": at, "level": record.levelname, "event": record.getMessage()} | facts
        )


def start() -> None:
    """Write to standard error from now on; once a process."""
    if LOG.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def log(event: str, **facts: str | int | float) -> None:
    """One line: what happened, and its facts; nothing that a person typed belongs here."""
    LOG.info(event, extra={"facts": facts})
