"""Why no answer came, as far as a sender can know."""

from __future__ import annotations

import requests


class NotSent(requests.ConnectionError):
    """No connection came about, so no byte of the request can have been processed."""


class NotSentInTime(requests.ConnectTimeout, NotSent):
    """As NotSent; the time to connect ran out."""


class LostAnswer(requests.ConnectionError):
    """The request may have been processed; no answer came."""
