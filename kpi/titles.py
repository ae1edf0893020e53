"""How long a message over a chart or a page may be."""

import re

#: What Markdown and Streamlit's additions to it take for more than a sign.
MARKS = re.compile(r"([\\`*_\[\]<>#|~$:@]|(?<=www)\.)")
MOST = 10  # words that a reader takes in at one look


def fit(*ways: str, most: int = MOST) -> str:
    """The first of several ways to say one message, fullest first, that keeps to ``most`` words.

    Where none does, the last one, which must therefore be the shortest.
    """
    return next((way for way in ways if len(way.split()) <= most), ways[-1])


def literal(text: str) -> str:
    """Text from a file or a person as Markdown shows it sign by sign: no link, picture or mark."""
    return MARKS.sub(r"\\\1", text)
