"""What follows from what: sums over columns as vectors, reduced exactly."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

#: How often each column, in each of its groups, counts in a form.
Vector = tuple[Fraction, ...]
Number = int | Fraction


class Span:
    """Vectors reduced to echelon form, each with how it is made of those given.

    Every row leads with 1, so that whole numbers stay whole and are quick to reckon with.
    """

    def __init__(self, vectors: Mapping[str, Vector], equal: Sequence[Vector]) -> None:
        self._rows: list[tuple[int, list[Number], dict[str, Number]]] = []
        for vector in equal:
            self._add(vector, {})
        for form, vector in vectors.items():
            self._add(vector, {form: 1})

    def _add(self, vector: Vector, parts: dict[str, Number]) -> None:
        rest, made = self._reduce(vector, parts)
        lead = next((at for at, value in enumerate(rest) if value), None)
        if lead is not None:
            rest, made = _led(rest, made, rest[lead])
            self._rows.append((lead, rest, made))

    def _reduce(
        self, vector: Vector, parts: dict[str, Number]
    ) -> tuple[list[Number], dict[str, Number]]:
        rest: list[Number] = [_plain(value) for value in vector]
        parts = dict(parts)
        for lead, row, made in self._rows:
            if times := rest[lead]:
                rest = [one - times * other for one, other in zip(rest, row, strict=True)]
                for form, share in made.items():
                    parts[form] = parts.get(form, 0) - times * share
        return rest, parts

    def made_of(self, vector: Vector) -> dict[str, Fraction] | None:
        """The forms that add up to ``vector``, each with its share; None when none do."""
        rest, parts = self._reduce(vector, {})
        if any(rest):
            return None
        return {form: Fraction(-share) for form, share in parts.items() if share}

    def left(self, vector: Vector) -> tuple[Number, ...]:
        """What the forms leave of ``vector``, up to its size; empty when they add up to it."""
        rest, _ = self._reduce(vector, {})
        first = next((value for value in rest if value), None)
        return () if first is None else tuple(_led(rest, {}, first)[0])


def _plain(value: Number) -> Number:
    """A whole number as such."""
    return value.numerator if value.denominator == 1 else value


def _led(
    rest: Sequence[Number], made: Mapping[str, Number], first: Number
) -> tuple[list[Number], dict[str, Number]]:
    """A row divided by its first number."""
    once = _plain(1 / Fraction(first))
    shares = {form: _plain(share * once) for form, share in made.items()}
    return [_plain(value * once) for value in rest], shares
