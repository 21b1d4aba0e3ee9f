"""The reasons why a request got no response."""

from __future__ import annotations

import requests


class NotSent(requests.ConnectionError):
    """There was no connection, so Zoom cannot have processed the request."""


class NotSentInTime(requests.ConnectTimeout, NotSent):
    """As NotSent, because connecting took too long."""


class LostAnswer(requests.ConnectionError):
    """The request was sent and may have been processed, but no response arrived."""
