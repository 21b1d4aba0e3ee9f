"""Charts as inline SVG.

Widths are percentages and heights are pixels, so a chart fits every width without a script. Colors come from CSS
classes. Hatched bars need a pattern with the id ``hatch`` in the page. A chart has a title and a description for screen
readers, or it is hidden from them because the text beside it says the same.
"""

from zoomapp.charts.amounts import meter, storage, table
from zoomapp.charts.attendance import (
    curve,
    curve_description,
    curve_rows,
    report_timeline,
    time_labels,
    timeline,
    timeline_description,
)
from zoomapp.charts.axis import Axis
from zoomapp.charts.squares import small_bar

__all__ = [
    "Axis",
    "curve",
    "curve_description",
    "curve_rows",
    "meter",
    "report_timeline",
    "small_bar",
    "storage",
    "table",
    "time_labels",
    "timeline",
    "timeline_description",
]
