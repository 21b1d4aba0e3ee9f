"""Zoom's API as one user: tokens, caching, shared polling, quotas."""
