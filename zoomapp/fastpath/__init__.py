"""Optional speed: faster replacements for parts of gunicorn, redis-py and urllib3."""
