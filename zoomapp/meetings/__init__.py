"""Planned meetings: forms, lists, calendar files."""
