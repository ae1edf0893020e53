"""How long a message over a chart or a page may be."""

MOST = 10  # words that a reader takes in at one look


def fit(*ways: str, most: int = MOST) -> str:
    """The first of several ways to say one message, fullest first, that keeps to ``most`` words.

    Where none does, the last one, which must therefore be the shortest.
    """
    return next((way for way in ways if len(way.split()) <= most), ways[-1])
