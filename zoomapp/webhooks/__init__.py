"""Zoom's webhook events: the queue, the subscriptions, and what happens when a user removes the app."""
