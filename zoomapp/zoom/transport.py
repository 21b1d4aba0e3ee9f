"""How requests reach Zoom: the protocol of a transport, of the responses it returns, and the failures it raises.

Every transport keeps the same promises. It sends the target byte for byte, at most once, and follows no redirect. The
time limits are for the whole wait, not for each silence. Two transports exist: ``zoom/urllib3_transport.py`` and, for
speed, ``fastpath/http1.py``.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import requests


class NotSent(requests.ConnectionError):
    """There was no connection, so Zoom cannot have processed the request."""


class NotSentInTime(requests.ConnectTimeout, NotSent):
    """As NotSent, because connecting took too long."""


class LostAnswer(requests.ConnectionError):
    """The request was sent and may have been processed, but no response arrived."""


class RawResponse(Protocol):
    """A response whose head has arrived and whose body has not been read."""

    status: int
    headers: Mapping[str, str]

    @property
    def sock(self) -> socket.socket | None:
        """The socket that the body arrives on; None when nothing more is to come."""

    @property
    def complete(self) -> bool:
        """Whether the rest of the body can be read without waiting."""

    def read(self, size: int, decode_content: bool = False) -> bytes:
        """The next ``size`` bytes of the body, or the rest. Raises OSError, HTTPError or HTTPException."""

    def close(self) -> None:
        """Close the connection, unless the body was read to its end."""

    def release_conn(self) -> None:
        """Return the connection to its pool."""


@runtime_checkable
class Transport(Protocol):
    """Sends requests to Zoom. Also an adapter for a ``requests`` session: ``send``."""

    def exchange(
        self, method: str, origin: str, target: str, headers: dict[str, str], body: bytes, timeout: tuple[float, float]
    ) -> RawResponse:
        """Send a request to ``origin`` (``https://host:port``) and wait for the head of the response.

        ``timeout``: seconds to connect, and seconds until the head has arrived. Raises NotSent, LostAnswer,
        requests.ReadTimeout, or requests.exceptions.InvalidHeader.
        """

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a prepared request. Raises the same, and requests.exceptions.InvalidURL for an unsafe address."""
