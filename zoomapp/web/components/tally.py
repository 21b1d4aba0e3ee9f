"""The filters of a report, a series, a roster and of registrants: each with its number, small bar and word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from zoomapp.charts import small_bar


@dataclass(frozen=True)
class TallyCell:
    """One filter. ``link``: its address."""

    link: str
    bar: Markup
    count: int
    label: str
    is_current: bool = False


def cells(
    filters: Iterable[tuple[str, str, str, int]], link: Callable[[str], str], current: str | None = None
) -> list[TallyCell]:
    """The cells of these filters: name, kind of small bar, word, number. ``link``: the address for a name."""
    return [TallyCell(link(name), small_bar(bar), count, label, name == current) for name, bar, label, count in filters]
