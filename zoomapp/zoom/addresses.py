"""Which addresses are Zoom's: where the user's token may go, and which links people may be sent to."""

from __future__ import annotations

from zoomapp.config import is_loopback
from zoomapp.urls import DEFAULT_PORTS, UnsafeAddress, Url, parse

#: The user's token may go to this domain and to the configured hosts.
TOKEN_DOMAINS = ("zoom.us",)
#: Links to these domains are shown to people.
LINK_DOMAINS = ("zoom.us", "zoom.com")


class ZoomHosts:
    """Which addresses are Zoom's. ``configured``: ``ZOOM_HOST`` and ``ZOOM_API_HOST``.

    The subdomains of a configured https host on the default port are Zoom's, too.
    """

    def __init__(self, *configured: str) -> None:
        self._configured = tuple(parse(each) for each in configured)
        self._origins = frozenset(each.origin for each in self._configured)
        self._domains = tuple(each.host for each in self._configured if _is_public(each))

    def may_have_token(self, url: Url) -> bool:
        """Whether a request to this address may carry the user's access token."""
        return url.origin in self._origins or _is_below(url, TOKEN_DOMAINS + self._domains)

    def may_hold_files(self, url: Url) -> bool:
        """Whether Zoom may redirect a download to this address, which gets no token: any public https host.

        A Zoom on this machine may redirect to its own port under another name.
        """
        return _is_public(url) or any(
            (url.scheme, url.port) == (each.scheme, each.port) and is_loopback(url.host)
            for each in self._configured
            if is_loopback(each.host)
        )

    def link(self, address: str) -> str:
        """The address, if it is one of Zoom's that a browser may open; else an empty string."""
        try:
            url = parse(address)
        except UnsafeAddress:
            return ""
        is_zoom = url.origin in self._origins or _is_below(url, LINK_DOMAINS + self._domains)
        return str(url) if is_zoom else ""


def _is_public(url: Url) -> bool:
    """Whether this is https, on its own port, at a full domain name."""
    top_level = url.host.rpartition(".")[2]
    is_name = "." in url.host and ":" not in url.host and not top_level[0].isdigit()
    return url.scheme == "https" and url.port == DEFAULT_PORTS["https"] and is_name and not is_loopback(url.host)


def _is_below(url: Url, domains: tuple[str, ...]) -> bool:
    """Whether this is a public address at one of these domains or at a subdomain."""
    return _is_public(url) and any(url.host == each or url.host.endswith(f".{each}") for each in domains)
