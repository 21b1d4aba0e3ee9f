"""Who was in a meeting and when: records from all sources, merged into people.

    people = merge([*from_event(event, arrived_at), *read_list("metrics", rows, seen_at), …])
    figures = count(people, Frame(now=now, starts_at=…))

Every moment is epoch seconds.
"""

from zoomapp.attendance.figures import Figures, Frame, count
from zoomapp.attendance.pairs import Pair, compare, no_shows
from zoomapp.attendance.people import Person, merge
from zoomapp.attendance.records import Record, from_event, from_metrics, from_past, from_report, merge_client_report

__all__ = [
    "Figures",
    "Frame",
    "Pair",
    "Person",
    "Record",
    "compare",
    "count",
    "from_event",
    "from_metrics",
    "from_past",
    "from_report",
    "merge",
    "merge_client_report",
    "no_shows",
]
