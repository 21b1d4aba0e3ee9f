"""The command ``offline-zoom``, also ``python -m offline_zoom``."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = ("serve", "run", "calls", "endpoints", "export", "replay")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; without a name, ``serve``. Returns its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    name = words[0] if words and words[0] in COMMANDS else "serve"
    module = import_module(f"offline_zoom.commands.{name}")
    return int(module.main(words[1:] if words[:1] == [name] else words))


if __name__ == "__main__":
    sys.exit(main())
