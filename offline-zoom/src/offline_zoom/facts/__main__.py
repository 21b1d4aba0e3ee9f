"""Prints what was compared, and every difference that is not deliberate."""

from __future__ import annotations

import sys

from offline_zoom.facts.differences import split
from offline_zoom.facts.tour import Tour


def main() -> int:
    """0 if every difference is deliberate."""
    comparison = Tour().run()
    print(comparison.figures())
    other = split(comparison.differences).other
    for difference in sorted(map(str, other)):
        print(difference)
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
