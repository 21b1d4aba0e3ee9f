"""The project's own benchmark: `python3 dev.py bench`. What it measures and how: README.md beside this file."""
