"""The commands of `dev.py`. Standard library only, because they run before any package is installed."""
