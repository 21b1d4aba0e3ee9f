"""Zoom: what is known of its OAuth server, its REST API and its client."""
