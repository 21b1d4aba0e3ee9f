"""Converts the world's objects to Zoom's JSON: the same names, types and missing fields."""
