#!/usr/bin/env python3
"""Starts a developer command; `python3 dev.py --help` lists them.

An older Python must be able to read this file up to the check, so it has no annotations and no f-strings.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("This project needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
