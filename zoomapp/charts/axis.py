"""The stretch of time that charts share, and where a moment is on it."""

from dataclasses import dataclass
from datetime import tzinfo

from zoomapp import dates

LEAD_SECONDS = 120  # the axis begins this long before anything happens
STEPS = tuple(60 * minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440))
GAP_TO_LAST = 14.0  # percent; a tick closer than this would touch the last label in a narrow panel


@dataclass(frozen=True)
class Axis:
    """The stretch of time that the curve and all rows share, in epoch seconds."""

    start: float
    end: float
    zone: tzinfo
    live: bool = True
    scheduled: float | None = None
    hour12: bool = False

    @classmethod
    def around(
        cls,
        first_arrival: float,
        end: float,
        zone: tzinfo,
        *,
        live: bool = True,
        scheduled: float | None = None,
        hour12: bool = False,
    ) -> "Axis":
        """From shortly before the first arrival, or the scheduled start if that is earlier, to the end."""
        earliest = first_arrival if scheduled is None else min(first_arrival, scheduled)
        start = (earliest - LEAD_SECONDS) // 60 * 60
        return cls(start, max(end, start + 60), zone, live, scheduled, hour12)

    def x(self, at: float) -> float:
        """Where a moment is, in percent from the left."""
        x = 100 * (at - self.start) / (self.end - self.start)
        return 0.0 if x < 0 else 100.0 if x > 100 else x

    def clock(self, at: float) -> str:
        return dates.tick(at, self.zone, hour12=self.hour12)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Round times of the viewer's clock and their places: at most ``most``, the last is now or the end."""
        marks = [(self.x(at), self.clock(at)) for at in self.moments(most)]
        return [*marks, (100.0, "now" if self.live else self.clock(self.end))]

    def moments(self, most: int) -> list[float]:
        """The round times, without the end."""
        shift = dates.local(self.start, self.zone).utcoffset()
        ahead = shift.total_seconds() if shift else 0.0
        last = self.end - (self.end - self.start) * GAP_TO_LAST / 100
        for step in STEPS:
            first = ((self.start + ahead) // step + 1) * step - ahead
            count = int((last - first) // step) + 1
            if count < most:
                break
        return [first + n * step for n in range(min(count, most - 1))]
