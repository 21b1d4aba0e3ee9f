"""Pieces of SVG: every text is escaped, every number goes through ``float``."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from zoomapp.charts.axis import Axis

NARROWEST_BAR = 0.6  # percent; so that a visit of ten seconds can be seen


def figure(prefix: str, height: int, title: str, words: str, body: Iterable[str]) -> Markup:
    """A chart with a name and a description; ``prefix`` keeps the ids of two charts apart."""
    name = escape(prefix)
    return Markup(
        f'<svg class="chart" height="{number(height)}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(words)}</desc>{"".join(body)}</svg>'
    )


def bar(span: Axis, interval: tuple[float, float | None], shape: str) -> str:
    """A stretch of time; ``shape`` is the rest of its attributes."""
    start, end = interval
    left = span.x(start)
    width = max(NARROWEST_BAR, (100.0 if end is None else span.x(end)) - left)
    # A tenth of a percent is a third of a pixel; there may be hundreds of bars.
    x = round(min(left, 100 - width), 1)
    return f'<rect {shape} x="{number(x)}%" width="{number(min(round(width, 1), 100 - x))}%"/>'


def across(kind: str, y: float) -> str:
    """A level line."""
    return f'<line class="{kind}" x1="0" x2="100%" y1="{number(y)}" y2="{number(y)}"/>'


def scheduled(span: Axis, top: float, bottom: float) -> str:
    """An upright line where the meeting should have begun."""
    if span.scheduled is None or span.scheduled > span.end:
        return ""
    x = number(span.x(span.scheduled))
    return f'<line class="c-mark" x1="{x}%" x2="{x}%" y1="{number(top)}" y2="{number(bottom)}"/>'


def labels(span: Axis, most: int, y: float) -> str:
    return "".join(text(x, y, label, anchor(x, 4)) for x, label in span.ticks(most))


def text(x: float, y: float, words: str, anchor: str = "start", *, strong: bool = False) -> str:
    bold = ' class="strong"' if strong else ""
    return f'<text{bold} x="{number(x)}%" y="{number(y)}" text-anchor="{anchor}">{escape(words)}</text>'


def anchor(x: float, edge: float) -> str:
    """Which end of a text stands at ``x``: near an edge it leans away from it."""
    return "start" if x < edge else "end" if x > 100 - edge else "middle"


def number(value: float) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
