"""What the page says about everybody together: here, waiting, left, late, on time, the peak and the curve to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from zoomapp.attendance.people import Person

LATE_SECONDS = 300.0


@dataclass(frozen=True)
class Frame:
    """What the figures are measured by, in epoch seconds; ``starts_at`` is None for a meeting without a fixed time."""

    now: float
    starts_at: float | None = None
    ended_at: float | None = None
    late_seconds: float = LATE_SECONDS

    @property
    def end(self) -> float:
        return self.now if self.ended_at is None else self.ended_at


@dataclass(frozen=True)
class Figures:
    """``points``: how many were here from each moment on. ``on_time``: a share from 0 to 1; None: nobody can say."""

    here: frozenset[str]
    waiting: frozenset[str]
    left: frozenset[str]
    late: frozenset[str]
    on_time: float | None
    peak: int
    peak_at: float
    points: tuple[tuple[float, int], ...]


def count(people: Iterable[Person], frame: Frame) -> Figures:
    """The figures of these people; each is named by its key."""
    everybody = list(people)
    attended = [each for each in everybody if each.here]
    here = frozenset(each.key for each in attended if each.here[-1][1] is None)
    late = frozenset(each.key for each in attended if late_by(each, frame) > 0)
    points = curve(attended)
    peak_at, peak = max(points, key=lambda point: (point[1], -point[0]), default=(frame.end, 0))
    return Figures(
        here=here,
        waiting=frozenset(each.key for each in everybody if each.waiting and each.waiting[-1][1] is None) - here,
        left=frozenset(each.key for each in attended) - here,
        late=late,
        on_time=1 - len(late) / len(attended) if attended and frame.starts_at is not None else None,
        peak=peak,
        peak_at=peak_at,
        points=points,
    )


def late_by(person: Person, frame: Frame) -> float:
    """Seconds after the scheduled start that somebody arrived, if it is more than the grace; else 0."""
    if frame.starts_at is None or not person.here:
        return 0.0
    behind = person.arrived_at - frame.starts_at
    return behind if behind > frame.late_seconds else 0.0


def curve(people: Iterable[Person]) -> tuple[tuple[float, int], ...]:
    """How many persons were here from each moment on, in order; somebody on two devices counts once."""
    steps: dict[float, int] = {}
    for start, end in (stay for each in people for stay in each.here):
        steps[start] = steps.get(start, 0) + 1
        if end is not None:
            steps[end] = steps.get(end, 0) - 1
    points, present = [], 0
    for at in sorted(steps):
        present += steps[at]
        points.append((at, present))
    return tuple(points)
