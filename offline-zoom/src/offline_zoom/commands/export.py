"""``offline-zoom export STORY``: prints a story as a seed file for ``--seed``."""

from __future__ import annotations

import argparse
import time

from offline_zoom.seed.export import export
from offline_zoom.stories import STORIES, build_story


def main(arguments: list[str]) -> int:
    """Print the seed file."""
    print(export(build_story(parser().parse_args(arguments).story, time.time(), 0)), end="")
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser("offline-zoom export", description="Prints a story as a seed file for --seed.")
    parser.add_argument("story", choices=STORIES)
    return parser
