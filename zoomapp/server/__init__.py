"""The gunicorn worker: time and size limits for requests."""
