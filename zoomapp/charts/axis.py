"""The time axis of a chart: its range, its ticks, and the position of a moment on it."""

from dataclasses import dataclass
from datetime import tzinfo

from zoomapp import dates
from zoomapp.regions import DateFormats

LEAD_SECONDS = 120  # the axis starts this long before the first event
TICK_SECONDS = tuple(60 * minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440))
# Percent of the width; a closer tick would touch the last label. A chart with few labels is in a narrow panel.
MIN_GAP_TO_LAST, WIDE_MIN_GAP, MAX_NARROW_TICKS = 20.0, 11.0, 5


@dataclass(frozen=True)
class Axis:
    """The time range of the attendance chart and of all rows below it, in epoch seconds."""

    start: float
    end: float
    zone: tzinfo
    formats: DateFormats
    live: bool = True
    scheduled: float | None = None

    @classmethod
    def around(
        cls,
        first_arrival: float,
        end: float,
        zone: tzinfo,
        formats: DateFormats,
        *,
        live: bool = True,
        scheduled: float | None = None,
    ) -> "Axis":
        """The axis from shortly before the first arrival or the scheduled start, whichever is earlier, to ``end``."""
        earliest = first_arrival if scheduled is None else min(first_arrival, scheduled)
        start = (earliest - LEAD_SECONDS) // 60 * 60
        return cls(start, max(end, start + 60), zone, formats, live, scheduled)

    def x(self, at: float) -> float:
        """The position of a moment, in percent from the left."""
        x = 100 * (at - self.start) / (self.end - self.start)
        return 0.0 if x < 0 else 100.0 if x > 100 else x

    def clock(self, at: float) -> str:
        """The time of day in the viewer's zone."""
        return self.formats.time_of_day(at, self.zone)

    def ticks(self, max_ticks: int) -> list[tuple[float, str]]:
        """Positions and labels of at most ``max_ticks`` round times. The last one is now, or the end."""
        ticks = [(self.x(at), self.label(at)) for at in self.round_times(max_ticks)]
        return [*ticks, (100.0, "now" if self.live else self.label(self.end))]

    def label(self, at: float) -> str:
        """The time of day without AM or PM, for which a tick has no room."""
        return self.clock(at).partition("\u00a0")[0]

    def round_times(self, max_ticks: int) -> list[float]:
        """The moments of the ticks without the last one."""
        utc_offset = dates.local(self.start, self.zone).utcoffset()
        offset_seconds = utc_offset.total_seconds() if utc_offset else 0.0
        min_gap = MIN_GAP_TO_LAST if max_ticks <= MAX_NARROW_TICKS else WIDE_MIN_GAP
        last = self.end - (self.end - self.start) * min_gap / 100
        for step in TICK_SECONDS:
            first = ((self.start + offset_seconds) // step + 1) * step - offset_seconds
            count = int((last - first) // step) + 1
            if count < max_ticks:
                break
        return [first + n * step for n in range(min(count, max_ticks - 1))]
