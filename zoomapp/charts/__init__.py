"""Charts as inline SVG: percentages across, pixels down, so they stay sharp at every width without a script.

Colour is a class, geometry an attribute; hatched bars want a pattern with the id ``hatch`` in the page. A chart
either has a title and a description, or is hidden because the row beside it says the same in words.
"""

from zoomapp.charts.amounts import meter, storage, table
from zoomapp.charts.attendance import axis, curve, curve_rows, curve_words, timeline, timeline_words
from zoomapp.charts.axis import Axis

__all__ = [
    "Axis",
    "axis",
    "curve",
    "curve_rows",
    "curve_words",
    "meter",
    "storage",
    "table",
    "timeline",
    "timeline_words",
]
