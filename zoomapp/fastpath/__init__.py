"""Optional speed: faster replacements for parts of gunicorn and urllib3."""
