"""Squares of the picture of a series, small bars that stand for a kind of attendance, and people per session.

Squares and small bars are hidden from screen readers: the text beside them says the same.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup

from zoomapp.charts.svg import number, text

_SQUARE = '<svg class="cell" viewBox="0 0 24 24" aria-hidden="true">{}</svg>'
#: A session that the person did not come to, one before their first, and one without data.
MISSED = Markup(_SQUARE).format(
    Markup(
        '<rect class="cell-out" x=".75" y=".75" width="22.5" height="22.5" rx="4"/>'
        '<path class="cell-x" d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>'
    )
)
NOT_YET = Markup(_SQUARE).format(Markup('<circle class="cell-none" cx="12" cy="12" r="1.5"/>'))
NO_DATA = Markup(_SQUARE).format(Markup('<path class="cell-gap" d="M6 20 20 6M2 14 14 2M12 24 24 12"/>'))

_HERE = '<rect class="c-in" x="{}" y="1" width="{}" height="8" rx="{}"/>'
_BARS = {
    "all": '<path class="g-all" d="M0 2h28M0 5h20M0 8h24"/>',
    "here": _HERE.format(0, 28, 4),
    "missed": '<path class="m-no" d="M0 5h28"/>',
    "late": '<path class="m-late" d="M0 5h11"/>' + _HERE.format(11, 17, 4),
    "early": _HERE.format(0, 17, 4) + '<path class="m-early" d="M17 5h11"/>',
    "both": '<path class="m-late" d="M0 5h9"/>' + _HERE.format(9, 10, 4) + '<path class="m-early" d="M19 5h9"/>',
    "rejoined": _HERE.format(0, 11, 4) + '<path class="m-away" d="M11 5h6"/>' + _HERE.format(17, 11, 4),
    "waited": '<rect class="c-wait" x=".5" y="1.5" width="11" height="7" rx="3.5"/>' + _HERE.format(12, 16, 4),
    "new": '<path class="g-plus" d="M4 1v8M0 5h8"/>' + _HERE.format(11, 17, 4),
    "once": _HERE.format(0, 8, 2.5) + '<path class="g-none" d="M13 5h4M22 5h4"/>',
    "check": '<path class="g-none" d="M12 3.2a2 2 0 1 1 2.6 2c-.5.2-.6.5-.6 1M14 8.6v.01"/>',
}
BAR_HEIGHT = 75
#: Minutes between two labels of an axis, the most labels before the last, and the room that the last one needs.
MINUTE_STEPS, MAX_STEPS, MIN_GAP = (1, 5, 10, 15, 30, 60, 120, 240, 480), 4, 0.25
#: More numbers than this would touch each other.
MAX_NUMBERS, MAX_LABELS_NARROW = 25, 12


@lru_cache(maxsize=256)
def square(percent: int, late: bool, early: bool) -> Markup:
    """A square that is filled from below; a stroke at the left for late, at the right for left early."""
    x, width = (7 if late else 0), 24 - 7 * (late + early)
    height = 24 * max(0, min(percent, 100)) / 100
    marks = '<path class="cell-late" d="M3.5 5v14"/>' if late else ""
    marks += '<path class="cell-early" d="M20.5 5v14"/>' if early else ""
    filled = (
        f'<rect class="cell-in" x="{x}" y="{number(24 - height)}" width="{width}" height="{number(height)}" rx="4"/>'
    )
    return Markup(_SQUARE.format(f'<rect class="cell-bg" width="24" height="24" rx="4"/>{marks}{filled}'))


def small_bar(kind: str) -> Markup:
    """The small bar of one kind, such as ``all`` or ``late``; see ``_BARS``."""
    return Markup(
        f'<svg class="mini" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">{_BARS[kind]}</svg>'
    )


def people_per_session(sessions: Sequence[tuple[str, str, int | None]], *, prefix: str = "per") -> Markup:
    """A bar for each session: its date, a short label for the axis, and how many came; None without data."""
    largest = max((count for _, _, count in sessions if count), default=1)
    step, show_every = 100 / max(1, len(sessions)), -(-len(sessions) // MAX_NUMBERS)
    parts, words = [], []
    for index, (date, label, count) in enumerate(sessions):
        middle = step * (index + 0.5)
        is_last = index == len(sessions) - 1
        is_labeled = (len(sessions) - 1 - index) % show_every == 0
        css = "mid" if len(sessions) > MAX_LABELS_NARROW and (len(sessions) - 1 - index) % 2 else ""
        if is_labeled:
            parts.append(text(middle, 109, label, "middle", css=f"ax {css}".strip()))
        words.append(f"{date}: {'no data' if count is None else count}.")
        if count is None:
            continue
        height = BAR_HEIGHT * count / largest
        kind = ' class="last"' if is_last else ""
        parts.append(
            f'<rect{kind} x="{number(middle - step / 4)}%" width="{number(step / 2)}%"'
            f' y="{number(94 - height)}" height="{number(height)}" rx="3"/>'
        )
        if is_labeled:
            parts.append(text(middle, 94 - height - 5, str(count), "middle", css=css))
    return (
        Markup(
            f'<svg class="per" height="112" role="img" aria-labelledby="{prefix}-t {prefix}-d">'
            f'<title id="{prefix}-t">People per session</title>'
        )
        + Markup('<desc id="{}-d">{}</desc>').format(prefix, " ".join(words))
        + Markup("".join(parts) + "</svg>")
    )


def visit_bar(
    axis_seconds: float, late_seconds: float, early: tuple[float, float], stays: Sequence[tuple[float, float]]
) -> Markup:
    """One visit on an axis from the scheduled start: thin before a late arrival and after leaving early, thick while
    there, dotted while away.

    ``early``: from leaving to the scheduled end, empty if equal. ``stays``: the parts of the visit.
    """

    def x(seconds: float) -> str:
        return number(min(100.0, max(0.0, 100 * seconds / axis_seconds)))

    def line(kind: str, start: float, end: float) -> str:
        return f'<line class="m-{kind}" x1="{x(start)}%" x2="{x(end)}%" y1="7" y2="7"/>' if start < end else ""

    parts = [line("late", 0.0, late_seconds), line("early", *early)]
    parts += [line("away", stay[1], following[0]) for stay, following in pairwise(stays)]
    for start, end in stays:
        width = number(max(1.0, float(x(end)) - float(x(start))))
        parts.append(f'<rect class="c-in" x="{x(start)}%" width="{width}%" y="3" height="8" rx="4"/>')
    return Markup(f'<svg class="bar" height="14" aria-hidden="true">{"".join(parts)}</svg>')


def missed_bar(axis_seconds: float, planned_seconds: float) -> Markup:
    """A session that the person did not come to."""
    width = number(min(100.0, 100 * planned_seconds / axis_seconds))
    line = f'<line class="m-no" x1="0" x2="{width}%" y1="7" y2="7"/>'
    return Markup(f'<svg class="bar" height="14" aria-hidden="true">{line}</svg>')


def minute_labels(axis_seconds: float) -> Markup:
    """The minutes from the scheduled start above bars on one axis; the last one is its end."""
    minutes = axis_seconds / 60
    step = next((step for step in MINUTE_STEPS if minutes / step <= MAX_STEPS), MINUTE_STEPS[-1])
    ticks = [at for at in range(0, int(minutes), step) if minutes - at > MIN_GAP * minutes]
    labels = [
        text(100 * at / minutes, 11, str(at), "middle" if at else "start", css="mid" if at else "") for at in ticks
    ]
    labels.append(text(100, 11, f"{round(minutes)} min", "end"))
    return Markup(f'<svg class="chart" height="14" aria-hidden="true">{"".join(labels)}</svg>')
