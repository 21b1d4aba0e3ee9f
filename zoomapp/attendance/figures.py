"""Who is here, waiting, late, or left early, and the peak: each of these words is defined here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from zoomapp.attendance import intervals
from zoomapp.attendance.people import Person

Status = Literal["here", "waiting", "left"]


@dataclass(frozen=True)
class Frame:
    """The times of the meeting that a person's times are compared with, in epoch seconds; None if unknown.

    ``starts_at`` and ``ends_at`` are as scheduled, ``ended_at`` as it was. ``schedule_known``: whether Zoom could say
    if the meeting was scheduled. If not, no person counts as late or as having left early.
    """

    now: float
    starts_at: float | None = None
    ends_at: float | None = None
    ended_at: float | None = None
    late_seconds: float = 300
    early_seconds: float = 600
    schedule_known: bool = True

    @property
    def tells_late(self) -> bool:
        """Whether there is a scheduled start to be late for."""
        return self.starts_at is not None

    @property
    def tells_early(self) -> bool:
        """Whether there is an end to leave before."""
        return self.due_end is not None

    @property
    def due_end(self) -> float | None:
        """The scheduled or the real end, whichever came first; None if no person can have left early."""
        if self.ended_at is None or not self.schedule_known:
            return None
        return self.ended_at if self.ends_at is None else min(self.ends_at, self.ended_at)

    @property
    def end(self) -> float:
        """The moment until which an open stay is counted."""
        return self.now if self.ended_at is None else self.ended_at


@dataclass(frozen=True)
class Figures:
    """Numbers of people. ``on_time_percent`` is None without a scheduled start, and before the first person joined.

    ``points``: the number of people in the meeting from each moment on.
    """

    here: int
    waiting: int
    left: int
    late: int
    left_early: int
    on_time_percent: int | None
    peak: int
    peak_at: float | None
    points: tuple[tuple[float, int], ...]


def count(people: Sequence[Person], frame: Frame) -> Figures:
    """The numbers of these people."""
    states = Counter(map(status, people))
    late = sum(1 for person in people if late_seconds(person, frame))
    came = sum(1 for person in people if person.here)
    points = concurrency(people)
    peak_at, peak = max(points, key=lambda point: point[1], default=(None, 0))
    return Figures(
        here=states["here"],
        waiting=states["waiting"],
        left=states["left"],
        late=late,
        left_early=sum(1 for person in people if left_early_seconds(person, frame)),
        on_time_percent=round(100 * (came - late) / came) if came and frame.starts_at is not None else None,
        peak=peak,
        peak_at=peak_at,
        points=points,
    )


def status(person: Person) -> Status:
    """Where the person is. A person in the meeting and in the waiting room counts as in the meeting."""
    if person.here and person.here[-1][1] is None:
        return "here"
    return "waiting" if person.waiting and person.waiting[-1][1] is None else "left"


def here_seconds(person: Person, now: float) -> float:
    """Time in the meeting; neither the waiting room nor a second device counts."""
    return intervals.seconds(person.here, now)


def waiting_seconds(person: Person, now: float) -> float:
    return intervals.seconds(person.waiting, now)


def waiting_since(person: Person, at: float) -> float | None:
    """The moment since which the person waits, if they are in the waiting room ``at`` that moment."""
    here, waiting = (intervals.until_moment(stays, at) for stays in (person.here, person.waiting))
    inside = here and here[-1][1] is None
    return waiting[-1][0] if waiting and waiting[-1][1] is None and not inside else None


def rejoins(person: Person) -> int:
    """How often the person left and came back."""
    return max(0, len(person.here) - 1)


def late_seconds(person: Person, frame: Frame) -> float:
    """How long after the scheduled start the person arrived; 0 if on time, not in the meeting yet, or not scheduled."""
    if frame.starts_at is None or not person.here:
        return 0.0
    late = person.arrived_at - frame.starts_at
    return late if late > frame.late_seconds else 0.0


def left_early_seconds(person: Person, frame: Frame) -> float:
    """How long before the scheduled or the real end, whichever came first, the person left; 0 while it runs."""
    if frame.due_end is None or not person.here:
        return 0.0
    early = frame.due_end - intervals.until(person.here[-1])
    return early if early > frame.early_seconds else 0.0


def concurrency(people: Iterable[Person]) -> tuple[tuple[float, int], ...]:
    """How many persons were in the meeting from each moment on; a person with two devices is one."""
    steps: Counter[float] = Counter()
    for person in people:
        for start, end in person.here:
            steps[start] += 1
            if end is not None:
                steps[end] -= 1
    points, number = [], 0
    for at in sorted(steps):
        if steps[at]:
            number += steps[at]
            points.append((at, number))
    return tuple(points)
