"""Who was here when: a bar per person, and a curve of how many."""

from collections.abc import Iterable, Sequence
from itertools import count, groupby, pairwise

from markupsafe import Markup

from zoomapp.charts import svg
from zoomapp.charts.axis import LEAD_SECONDS, Axis

#: From when to when, in epoch seconds; None while it goes on.
Intervals = Iterable[tuple[float, float | None]]
#: How many from this moment on.
Points = Sequence[tuple[float, int]]

HERE = 'class="c-in" height="8" rx="4"'
LEFT = 'class="c-out" height="8" rx="4"'
WAITING = 'class="c-wait" y="0.5" height="7" rx="3.5"'
MOST_POINTS = 200
FOOT, HEAD = 18, 24  # pixels for the times below the curve and the label above it


def axis(span: Axis, *, most: int = 5) -> Markup:
    """The times above the rows."""
    return Markup(f'<svg class="chart" height="14" aria-hidden="true">{svg.labels(span, most, 11)}</svg>')


def timeline(span: Axis, here: Intervals, waiting: Intervals = (), *, gone: bool = False) -> Markup:
    """One person's row: in the meeting, in the waiting room, and the scheduled start as a dashed line."""
    bars = [svg.bar(span, interval, LEFT if gone else HERE) for interval in here]
    bars += [svg.bar(span, interval, WAITING) for interval in waiting]
    return Markup(
        f'<svg class="chart c-track" height="8" aria-hidden="true">{"".join(bars)}{svg.scheduled(span, -2, 10)}</svg>'
    )


def timeline_words(span: Axis, here: Intervals, waiting: Intervals = ()) -> str:
    """The same in words: "in the waiting room from 10:10 to 10:12; in the meeting since 10:12"."""
    parts = [(start, end, "in the meeting") for start, end in here]
    parts += [(start, end, "in the waiting room") for start, end in waiting]
    return "; ".join(
        f"{where} since {span.clock(start)}"
        if end is None
        else f"{where} from {span.clock(start)} to {span.clock(end)}"
        for start, end, where in sorted(parts, key=lambda part: part[0])
    )


def curve(span: Axis, points: Points, *, height: int = 96, most: int = 5, prefix: str = "curve") -> Markup:
    """How many were here at each moment, with the first peak marked; a sentence while there is too little to draw."""
    peak_at, peak = max(points, key=lambda point: point[1], default=(span.start, 0))
    if peak < 2 or span.end - points[0][0] < LEAD_SECONDS:
        return Markup('<p class="c-none">The curve starts after two minutes.</p>')
    floor, x = height - FOOT, span.x(peak_at)

    def y(people: int) -> float:
        return floor - (floor - HEAD) * people / peak

    # In thousandths of the frame, so that the same curve in two heights is the same line twice: it travels once.
    line = _steps(span, points, peak)
    body = [
        *(svg.across("c-grid", y(n)) for n in _grid(peak)),
        f'<svg y="{HEAD}" width="100%" height="{floor - HEAD}" viewBox="0 0 1000 1000" preserveAspectRatio="none">',
        f'<path class="c-area" d="{line}V1000Z"/><path class="c-line" d="{line}"/></svg>',
        svg.across("c-base", floor),
        # The number beside a line would run into the label of an early peak.
        *(svg.text(0, y(n) - 4, str(n)) for n in _grid(peak) if x > 22 or y(n) - y(peak) > 12),
        svg.scheduled(span, 0, floor),
        f'<circle class="c-dot" cx="{svg.number(x)}%" cy="{svg.number(y(peak))}" r="4"/>',
        svg.text(x, y(peak) - 8, f"peak {peak} at {span.clock(peak_at)}", svg.anchor(x, 15), strong=True),
        svg.labels(span, most, height - 3),
    ]
    return svg.figure(prefix, height, "People in the meeting over time", curve_words(span, points), body)


def curve_rows(span: Axis, points: Points, most: int = 9) -> list[tuple[str, int]]:
    """The curve as rows: how many were here at its start, its round times, its peak and its end; none if not drawn."""
    peak_at, peak = max(points, key=lambda point: point[1], default=(span.start, 0))
    if peak < 2 or span.end - points[0][0] < LEAD_SECONDS:
        return []
    moments = {points[0][0], peak_at, *(at for at in span.moments(most) if at > points[0][0]), span.end}
    return [(span.clock(at), max(point for point in points if point[0] <= at)[1]) for at in sorted(moments)]


def curve_words(span: Axis, points: Points) -> str:
    """The curve in a sentence."""
    peak_at, peak = max(points, key=lambda point: point[1])
    first_at, first = points[0]
    now = f"{_people(points[-1][1])} at {span.clock(span.end)}" if span.live else f"it ended at {span.clock(span.end)}"
    begin = f"Rises from {_people(first)} at {span.clock(first_at)}"
    return f"{begin} to a peak of {peak} at {span.clock(peak_at)}; {now}."


def _steps(span: Axis, points: Points, peak: int) -> str:
    """The line from the floor through ``points``; those too close to tell apart become one upright stroke."""

    def x(at: float) -> int:
        return round(10 * span.x(at))

    def y(people: int) -> int:
        return 1000 - round(1000 * people / peak)

    places = 1000 if len(points) <= MOST_POINTS else MOST_POINTS
    corners = [(x(points[0][0]), 1000)]
    for _, group in groupby(points, key=lambda point: min(places - 1, int(span.x(point[0]) * places / 100))):
        near = list(group)
        highest, last = max(people for _, people in near), near[-1][1]
        corners += [(x(near[0][0]), y(highest)), (x(near[0][0]), y(last))]
    corners.append((1000, corners[-1][1]))
    # From each corner to the next: the same small steps again and again, of which compression leaves little.
    steps = ((f"h{b[0] - a[0]}" * (a[0] != b[0])) + (f"v{b[1] - a[1]}" * (a[1] != b[1])) for a, b in pairwise(corners))
    return f"M{corners[0][0]} 1000{''.join(steps)}"


def _grid(peak: int) -> range:
    """At most three round numbers up to the peak."""
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if peak // step <= 3)
    return range(step, peak + 1, step)


def _people(count: int) -> str:
    return f"{count} person" if count == 1 else f"{count} people"
