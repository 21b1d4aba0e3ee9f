"""Elements of SVG. Every text is escaped, and every number goes through ``float``."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from zoomapp.charts.axis import MAX_NARROW_TICKS, Axis

#: Percent of the width. A label nearer to an edge begins or ends where it stands; one in a narrow panel is this wide.
EDGE, MIN_FROM_EDGE = 4.0, 24.0
MIN_BAR_WIDTH = 0.6  # percent, so that a visit of ten seconds is visible


def figure(prefix: str, height: int, title: str, description: str, body: Iterable[str]) -> Markup:
    """A chart with a title and a description. ``prefix`` makes its ids unique in the page."""
    id_prefix = escape(prefix)
    return Markup(
        f'<svg class="chart" height="{number(height)}" role="img" aria-labelledby="{id_prefix}-t {id_prefix}-d">'
        f'<title id="{id_prefix}-t">{escape(title)}</title><desc id="{id_prefix}-d">{escape(description)}</desc>'
        f"{''.join(body)}</svg>"
    )


def bar(axis: Axis, interval: tuple[float, float | None], attributes: str) -> str:
    """A bar over a time interval. ``attributes`` are the other attributes of the element."""
    start, end = interval
    start_x = axis.x(start)
    width = max(MIN_BAR_WIDTH, (100.0 if end is None else axis.x(end)) - start_x)
    # A tenth of a percent is a third of a pixel. There may be hundreds of bars, so digits count.
    x = round(min(start_x, 100 - width), 1)
    return f'<rect {attributes} x="{number(x)}%" width="{number(min(round(width, 1), 100 - x))}%"/>'


def line(axis: Axis, span: tuple[float, float], css_class: str) -> str:
    """A line over a time interval, in the middle of a bar's height."""
    start, end = (number(round(axis.x(at), 1)) for at in span)
    return f'<line class="{css_class}" x1="{start}%" x2="{end}%" y1="4" y2="4"/>'


def strokes_before(axis: Axis, at: float) -> str:
    """Short strokes from the left edge to a moment, in the middle of a bar's height."""
    return f'<line class="m-unknown" x1="0" x2="{number(axis.x(at))}%" y1="4" y2="4"/>'


def horizontal_line(css_class: str, y: float) -> str:
    """A line over the whole width."""
    return f'<line class="{css_class}" x1="0" x2="100%" y1="{number(y)}" y2="{number(y)}"/>'


def scheduled_start(axis: Axis, top: float, bottom: float) -> str:
    """A vertical line at the scheduled start, if that lies on the axis."""
    if axis.scheduled is None or axis.scheduled > axis.end:
        return ""
    x = number(axis.x(axis.scheduled))
    return f'<line class="c-mark" x1="{x}%" x2="{x}%" y1="{number(top)}" y2="{number(bottom)}"/>'


def time_labels(axis: Axis, max_labels: int, y: float) -> str:
    """The labels of the axis. The first is left out if it would touch the second: at the edge it is not centered."""
    ticks = axis.ticks(max_labels)
    if max_labels <= MAX_NARROW_TICKS and len(ticks) > 2 and ticks[0][0] < EDGE and ticks[1][0] < EDGE + MIN_FROM_EDGE:
        ticks = ticks[1:]
    return "".join(text(x, y, label, anchor(x, EDGE)) for x, label in ticks)


def text(x: float, y: float, content: str, anchor: str = "start", *, bold: bool = False, css: str = "") -> str:
    """A text at a percentage from the left and a pixel from the top."""
    css = "strong" if bold else css
    css_class = f' class="{css}"' if css else ""
    return f'<text{css_class} x="{number(x)}%" y="{number(y)}" text-anchor="{anchor}">{escape(content)}</text>'


def anchor(x: float, margin: float) -> str:
    """The ``text-anchor`` that keeps a text at ``x`` inside the chart. ``margin`` is in percent."""
    return "start" if x < margin else "end" if x > 100 - margin else "middle"


def number(value: float) -> str:
    """A number with at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
