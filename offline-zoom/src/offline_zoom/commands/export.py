"""``offline-zoom export``: prints a running world, or a story, as a seed file for ``--seed``."""

from __future__ import annotations

import argparse
import sys
import time

import requests

from offline_zoom.commands.calls import UNREACHABLE, ask
from offline_zoom.commands.options import say
from offline_zoom.live_meetings import FIRST_USER_ID
from offline_zoom.seed.export import export
from offline_zoom.stories import STORIES, build_story


def main(arguments: list[str]) -> int:
    """Print the seed file. Returns 1 if there is no offline Zoom at the address."""
    options = parser().parse_args(arguments)
    try:
        content = story(options.story) if options.story else ask(options.url, "seed").content
    except (requests.RequestException, ValueError) as error:
        say(f"no offline Zoom answers at {options.url} ({type(error).__name__}); set another address with --url")
        return UNREACHABLE
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
    return 0


def story(name: str) -> bytes:
    """The seed file of a story. Half a surrogate pair, which Zoom sends in names, is written as UTF-8 would."""
    return export(build_story(name, time.time(), FIRST_USER_ID)).encode("utf-8", "surrogatepass")


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        "offline-zoom export", description="Prints a running world, or a story, as a seed file for --seed."
    )
    parser.add_argument("story", nargs="?", choices=STORIES, help="default: the running world at --url")
    parser.add_argument("--url", default="http://127.0.0.1:4000", help="the offline Zoom; default: port 4000 here")
    return parser
