"""Why a store cannot be used, in one sentence that says what to do."""

import re

from kpi import lake

FULL = re.compile("no space left|file too large|disk quota", re.IGNORECASE)


def is_in_use(error: BaseException | None) -> bool:
    """Whether another program has the file of a store."""
    text = str(error)
    return "Could not set lock" in text or "being used by another process" in text


def is_full(error: Exception) -> bool:
    """Whether there was no room to write."""
    return bool(FULL.search(str(error)))


def reason(address: str, error: Exception) -> str:
    """One sentence on why the store cannot be used, and what to do."""
    text = str(error)
    if lake.is_lake(address):
        meaning = str(error) if isinstance(error, lake.LakeError) else lake.reason(text)
        full = "a disk that it is on is full. Free some space and try again."
        first = meaning or (full if is_full(error) else text.splitlines()[0][:200])
        return f"The lake {lake.shown(address)} cannot be used: {first}"
    if is_in_use(error):
        holder = re.search(r"PID (\d+)", text)
        named = f" (process {holder.group(1)})" if holder else ""
        return (
            f"The store {address} is in use by another program{named}. "
            "Do this on the upload page of the running dashboard, or stop it first."
        )
    if "version number" in text or "newer version" in text:
        return f"The store {address} was written by a newer version. Start that version instead."
    if any(word in text.lower() for word in ("read-only", "permission denied", "not writable")):
        return (
            f"The store {address} cannot be written: its folder is read-only. "
            "Name another place in KPI_STORE, or ask for the right to write there."
        )
    if is_full(error):
        return f"The disk that holds the store {address} is full. Free some space and try again."
    if "corrupt database" in text.lower() or "checksum" in text.lower():
        return f"The store {address} is damaged. Restore a back-up, and keep this file to look at."
    if "not a valid duckdb" in text.lower():
        return f"The file {address} is not a store of this dashboard. Name another in KPI_STORE."
    first = text.splitlines()[0] if text else type(error).__name__
    return f"The store {address} cannot be used: {first[:200].rstrip('.')}."
