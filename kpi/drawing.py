"""A Plotly figure to which many lines and words can be added quickly."""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go


class Drawing(go.Figure):
    """A figure whose lines and words are checked when it is looked at, all of them once.

    Plotly checks and copies every one that is there already when one more is added: forty of them
    took a quarter of a second.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        self._waiting: dict[str, list[dict[str, Any]]] = {"shapes": [], "annotations": []}
        super().__init__(*given, **named)

    def add_shape(self, *given: Any, **shape: Any) -> Any:
        return self._add("shapes", super().add_shape, given, shape)

    def add_annotation(self, *given: Any, **note: Any) -> Any:
        return self._add("annotations", super().add_annotation, given, note)

    def _add(self, name: str, add: Callable[..., Any], given: Any, named: dict[str, Any]) -> Any:
        if given or named.keys() & {"row", "exclude_empty_subplots"}:
            return add(*given, **named)  # which axes that means, Plotly works out
        self._waiting[name].append(named)
        return self

    def __getitem__(self, prop: Any) -> Any:
        found = super().__getitem__(prop)
        if prop == "layout":
            for name, waiting in self._waiting.items():
                if waiting:
                    self._waiting[name] = []
                    found[name] = (*found[name], *waiting)
        return found

    def to_dict(self) -> dict[str, Any]:
        self["layout"]
        return super().to_dict()
