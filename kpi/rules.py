"""The rules by which figures bear a sentence out, one for each kind of test."""

BORNE_OUT, NOT_BORNE_OUT, NOT_TESTABLE = "borne_out", "not_borne_out", "not_testable"

NEAR = 0.1  # 'about' and 'almost' leave a tenth of the amount to either side
#: A binary fraction such as 0.1 must not decide a case that the written figures leave even.
NOISE = 1e-9

#: What each kind of test asks of the figures, as the definitions say it.
TESTS = {
    "fell_by": "It fell by at least nine tenths of the amount said.",
    "rose_by": "It rose by at least nine tenths of the amount said.",
    "fell": "It is lower, and fell by more than normal variation in the months between.",
    "rose": "It is higher, and rose by more than normal variation in the months between.",
    "at_most": "It is no more than the amount said.",
    "at_least": "It is no less than the amount said.",
    "about": "It is within a tenth of the amount said.",
    "times_neighbours": "Divided by the neighbours' median it is within a tenth of what was said.",
    "at_most_share_of": "Divided by the earlier figure it is no more than the share said.",
}
#: What each kind of test is called.
NAMES = {
    "fell_by": "Fell by an amount",
    "rose_by": "Rose by an amount",
    "fell": "Fell",
    "rose": "Rose",
    "at_most": "At most an amount",
    "at_least": "At least an amount",
    "about": "About an amount",
    "times_neighbours": "So many times the neighbours",
    "at_most_share_of": "At most a share of an earlier figure",
}
#: Tests that hold two moments against each other.
OF_TWO = ("fell_by", "rose_by", "fell", "rose", "at_most_share_of")


def holds(
    test: str, amount: float | None, before: float | None, after: float, signal: str = ""
) -> bool:
    """Whether figures bear a sentence out, by the rules of ``TESTS``.

    ``before``, ``after``: the figures of the two moments; a test of one moment takes ``after``; for
    ``times_neighbours`` ``before`` is the neighbours' figure. ``signal``: low or high where the
    months between held a change beyond normal variation. Raises ValueError for another test.
    """
    said, earlier = amount or 0.0, before or 0.0
    gap = after - earlier
    least = said * (1 - NEAR) - NOISE
    answers = {
        "fell_by": -gap >= least,
        "rose_by": gap >= least,
        "fell": gap < 0 and signal == "low",
        "rose": gap > 0 and signal == "high",
        "at_most": after <= said + NOISE,
        "at_least": after >= said - NOISE,
        "about": abs(after - said) <= abs(said) * NEAR + NOISE,
        "times_neighbours": abs(share(after, earlier) - said) <= said * NEAR + NOISE,
        "at_most_share_of": before is not None and share(after, earlier) <= said + NOISE,
    }
    if test not in answers:
        raise ValueError(f"{test!r} is not a test. Known: {', '.join(TESTS)}.")
    return answers[test]


def share(after: float, before: float) -> float:
    return after / before if before else float("inf")
