"""A frame as an Arrow stream, so that DuckDB takes it without a copy through a library."""

import polars as pl


class Stream:
    """What DuckDB's ``register`` takes for ``rows``."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)
