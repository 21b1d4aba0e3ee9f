"""Chooses the region whose formats a person sees: their own choice, else the Zoom profile's, else the browser's."""

from __future__ import annotations

from functools import lru_cache

from babel import localedata
from babel.core import get_global

#: Regions to choose from, by Babel's name of English as written there.
REGIONS = {
    "en_US": "United States",
    "en_GB": "United Kingdom",
    "en_DE": "Germany",
    "en_FR": "France",
    "en_ES": "Spain",
    "en_JP": "Japan",
}
DEFAULT, ELSEWHERE = "en_US", "en_001"


def choose_region(chosen: str, *languages: str) -> str:
    """The chosen region, else that of the first language tag that names one, such as "de-DE" or "fr"."""
    if chosen in REGIONS:
        return chosen
    return next((region for language in languages if (region := region_of(language))), DEFAULT)


@lru_cache(maxsize=256)
def region_of(language: str) -> str:
    """The region of a language tag; empty for a tag that names no language. Pages are in English everywhere.

    Zoom has tags of its own, such as "jp-JP".
    """
    subtags = language.strip().replace("_", "-").split("-")
    territory = next((part.upper() for part in subtags[1:] if len(part) == 2 and part.isalpha()), "")
    if territory and localedata.exists(f"en_{territory}"):
        return f"en_{territory}"
    likely = get_global("likely_subtags").get(subtags[0].lower(), "").rpartition("_")[2]
    if not likely:
        return ""
    return f"en_{likely}" if not territory and localedata.exists(f"en_{likely}") else ELSEWHERE
