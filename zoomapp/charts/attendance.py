"""Attendance charts: one bar per person, and a curve of how many people are in the meeting."""

from collections.abc import Iterable, Sequence
from itertools import count, groupby, pairwise

from markupsafe import Markup

from zoomapp.charts import svg
from zoomapp.charts.axis import LEAD_SECONDS, Axis

#: Start and end in epoch seconds. The end is None while the interval is open.
Intervals = Iterable[tuple[float, float | None]]
#: Moments, and the number of people from then on.
Points = Sequence[tuple[float, int]]

IN_MEETING_BAR = 'class="c-in" height="8" rx="4"'
LEFT_BAR = 'class="c-out" height="8" rx="4"'
WAITING_BAR = 'class="c-wait" y="0.5" height="7" rx="3.5"'
MAX_POINTS = 200
BOTTOM_HEIGHT, TOP_HEIGHT = 18, 24  # pixels for the times below the curve and for the label above it


def time_labels(axis: Axis, *, max_labels: int = 5) -> Markup:
    """The times above the rows."""
    return Markup(f'<svg class="chart" height="14" aria-hidden="true">{svg.time_labels(axis, max_labels, 11)}</svg>')


def timeline(
    axis: Axis, in_meeting: Intervals, waiting: Intervals = (), *, has_left: bool = False, since_unknown: bool = False
) -> Markup:
    """The bars of one person. A dashed line marks the scheduled start. ``has_left``: the person is gone.

    ``since_unknown``: the person was there before the first bar, which short strokes show.
    """
    in_meeting = tuple(in_meeting)
    bars = [svg.strokes_before(axis, in_meeting[0][0])] if since_unknown and in_meeting else []
    bars += [svg.bar(axis, interval, LEFT_BAR if has_left else IN_MEETING_BAR) for interval in in_meeting]
    bars += [svg.bar(axis, interval, WAITING_BAR) for interval in waiting]
    scheduled_start = svg.scheduled_start(axis, -2, 10)
    return Markup(f'<svg class="chart c-track" height="8" aria-hidden="true">{"".join(bars)}{scheduled_start}</svg>')


def report_timeline(
    axis: Axis,
    in_meeting: Intervals,
    waiting: Intervals = (),
    *,
    late: tuple[float, float] | None = None,
    early: tuple[float, float] | None = None,
    missed: tuple[float, float] | None = None,
) -> Markup:
    """The bars of one person after the meeting: thick is here, thin is missed.

    ``late``: from the scheduled start to the arrival. ``early``: from leaving to the end. Dots lead over an absence.
    ``missed``: the whole meeting, for a person who did not come.
    """
    in_meeting = tuple(in_meeting)
    lines = [("m-late", late), ("m-early", early), ("m-no", missed)]
    lines += [("m-away", (a[1], b[0])) for a, b in pairwise(in_meeting) if a[1] is not None and b[0] > a[1]]
    parts = [svg.line(axis, span, css) for css, span in lines if span]
    parts += [svg.bar(axis, interval, IN_MEETING_BAR) for interval in in_meeting]
    parts += [svg.bar(axis, interval, WAITING_BAR) for interval in waiting]
    return Markup(f'<svg class="chart" height="8" aria-hidden="true">{"".join(parts)}</svg>')


def timeline_description(
    axis: Axis, in_meeting: Intervals, waiting: Intervals = (), *, since_unknown: bool = False
) -> str:
    """The bars as text: "in the waiting room from 10:10 to 10:12; in the meeting since 10:12".

    ``since_unknown``: the person was there before the first bar: "in the meeting from 10:05 or earlier".
    """
    stays = [(start, end, "in the meeting") for start, end in in_meeting]
    stays += [(start, end, "in the waiting room") for start, end in waiting]
    stays.sort(key=lambda stay: stay[0])
    texts = [
        f"{place} since {axis.clock(start)}"
        if end is None
        else f"{place} from {axis.clock(start)} to {axis.clock(end)}"
        for start, end, place in stays
    ]
    if since_unknown and stays:
        start, end, place = stays[0]
        until = "" if end is None else f" to {axis.clock(end)}"
        texts[0] = f"{place} from {axis.clock(start)} or earlier{until}"
    return "; ".join(texts)


def curve(axis: Axis, points: Points, *, height: int = 96, max_labels: int = 5, prefix: str = "curve") -> Markup:
    """The number of people over time, with a label at the first peak. A sentence if there is too little to draw."""
    peak_at, peak = _peak(axis, points)
    if not _is_drawable(axis, points):
        return Markup('<p class="c-none">The curve starts after two minutes.</p>')
    floor, peak_x = height - BOTTOM_HEIGHT, axis.x(peak_at)

    def y(people: int) -> float:
        return floor - (floor - TOP_HEIGHT) * people / peak

    # The line is in thousandths of its frame. The same curve in two heights is then the same text, which compresses.
    line = _path(axis, points, peak)
    body = [
        *(svg.horizontal_line("c-grid", y(n)) for n in _grid(peak)),
        f'<svg y="{TOP_HEIGHT}" width="100%" height="{floor - TOP_HEIGHT}" viewBox="0 0 1000 1000"'
        ' preserveAspectRatio="none">',
        f'<path class="c-area" d="{line}V1000Z"/><path class="c-line" d="{line}"/></svg>',
        svg.horizontal_line("c-base", floor),
        svg.scheduled_start(axis, 0, floor),
        # A number of the grid would touch the label of an early peak. It covers the line of the scheduled start.
        *(svg.text(0, y(n) - 4, str(n), css="c-number") for n in _grid(peak) if peak_x > 22 or y(n) - y(peak) > 12),
        f'<circle class="c-dot" cx="{svg.number(peak_x)}%" cy="{svg.number(y(peak))}" r="4"/>',
        svg.text(
            peak_x,
            y(peak) - 8,
            f"peak {peak} at {axis.clock(peak_at)}",
            svg.anchor(peak_x, 26 if axis.formats.uses_hour12 else 21),
            bold=True,
        ),
        svg.time_labels(axis, max_labels, height - 3),
    ]
    return svg.figure(prefix, height, "People in the meeting over time", curve_description(axis, points), body)


def curve_rows(axis: Axis, points: Points, max_rows: int = 9) -> list[tuple[str, int]]:
    """Rows of a table: the number of people at the start, at round times, at the peak and at the end.

    Empty if the curve is not drawn.
    """
    if not _is_drawable(axis, points):
        return []
    first_at, peak_at = points[0][0], _peak(axis, points)[0]
    moments = {first_at, peak_at, *(at for at in axis.round_times(max_rows) if at > first_at), axis.end}
    return [(axis.clock(at), max(point for point in points if point[0] <= at)[1]) for at in sorted(moments)]


def curve_description(axis: Axis, points: Points) -> str:
    """The curve as a sentence."""
    peak_at, peak = max(points, key=lambda point: point[1])
    first_at, first = points[0]
    end = f"{_people(points[-1][1])} at {axis.clock(axis.end)}" if axis.live else f"it ended at {axis.clock(axis.end)}"
    rise = f"Rises from {_people(first)} at {axis.clock(first_at)}"
    return f"{rise} to a peak of {peak} at {axis.clock(peak_at)}; {end}."


def _peak(axis: Axis, points: Points) -> tuple[float, int]:
    """The moment of the first peak, and its number of people."""
    return max(points, key=lambda point: point[1], default=(axis.start, 0))


def _is_drawable(axis: Axis, points: Points) -> bool:
    """Whether two people were there, and two minutes have passed."""
    return _peak(axis, points)[1] >= 2 and axis.end - points[0][0] >= LEAD_SECONDS


def _path(axis: Axis, points: Points, peak: int) -> str:
    """The SVG path of the curve. Points that are too close to distinguish become one vertical line."""

    def x(at: float) -> int:
        return round(10 * axis.x(at))

    def y(people: int) -> int:
        return 1000 - round(1000 * people / peak)

    columns = 1000 if len(points) <= MAX_POINTS else MAX_POINTS
    corners = [(x(points[0][0]), 1000)]
    for _, group in groupby(points, key=lambda point: min(columns - 1, int(axis.x(point[0]) * columns / 100))):
        column = list(group)
        highest, last = max(people for _, people in column), column[-1][1]
        corners += [(x(column[0][0]), y(highest)), (x(column[0][0]), y(last))]
    corners.append((1000, corners[-1][1]))
    # Steps relative to the last corner repeat often, so they compress well.
    steps = ((f"h{b[0] - a[0]}" * (a[0] != b[0])) + (f"v{b[1] - a[1]}" * (a[1] != b[1])) for a, b in pairwise(corners))
    return f"M{corners[0][0]} 1000{''.join(steps)}"


def _grid(peak: int) -> range:
    """At most three round numbers up to the peak."""
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if peak // step <= 3)
    return range(step, peak + 1, step)


def _people(count: int) -> str:
    return f"{count} person" if count == 1 else f"{count} people"
