"""Zoom's webhook events: queue and handlers."""
