"""Dates, times and the first day of the week as people of a region write them."""

from zoomapp.regions.choice import REGIONS, choose_region
from zoomapp.regions.formats import DateFormats

__all__ = ["REGIONS", "DateFormats", "choose_region"]
