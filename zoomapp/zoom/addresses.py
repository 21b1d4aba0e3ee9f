"""Which URLs may get the user's token, which may serve a download, and which may be shown as links."""

from __future__ import annotations

from zoomapp.config import is_loopback
from zoomapp.urls import DEFAULT_PORTS, UnsafeAddress, Url, parse

#: Zoom's domains that serve the API: those of Zoom, and of Zoom for Government. They are separate: a token of one is
#: worth nothing at the other, and is not sent there.
CLUSTER_DOMAINS = ("zoom.us", "zoomgov.com")
#: Links to these domains are shown to people.
LINK_DOMAINS = ("zoom.us", "zoom.com")


class ZoomHosts:
    """Which addresses are Zoom's. ``configured``: ``ZOOM_HOST`` and ``ZOOM_API_HOST``.

    If a configured host is below one of CLUSTER_DOMAINS, all of that domain is Zoom's. The subdomains of any other
    configured https host on the default port are Zoom's, too.
    """

    def __init__(self, *configured: str) -> None:
        self._configured = tuple(parse(each) for each in configured)
        self._origins = frozenset(each.origin for each in self._configured)
        self._domains = tuple(dict.fromkeys(_domain(each) for each in self._configured if _is_public(each)))
        #: The configured ones of CLUSTER_DOMAINS.
        self.clusters = tuple(domain for domain in self._domains if domain in CLUSTER_DOMAINS)
        self._token_domains = self._domains + (() if self.clusters else CLUSTER_DOMAINS[:1])
        #: Who may have encrypted an app context: the Marketplace that the app is listed in.
        self.context_issuers = frozenset(f"marketplace.{domain}" for domain in (*CLUSTER_DOMAINS[:1], *self.clusters))

    def may_have_token(self, url: Url) -> bool:
        """Whether a request to this address may carry the user's access token."""
        return url.origin in self._origins or _is_below(url, self._token_domains)

    @property
    def frame_sources(self) -> tuple[str, ...]:
        """The sites of the configured hosts as sources of a content policy, without those below LINK_DOMAINS."""
        domains = (domain for domain in self._domains if domain not in LINK_DOMAINS)
        others = (each.origin for each in self._configured if not _is_public(each))
        return (*(source for domain in domains for source in (f"https://{domain}", f"https://*.{domain}")), *others)

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


def _domain(url: Url) -> str:
    """The domain of a configured host: the one of Zoom's that it is below, else the host itself."""
    return next((each for each in CLUSTER_DOMAINS if _is_below(url, (each,))), url.host)


def _is_below(url: Url, domains: tuple[str, ...]) -> bool:
    """Whether this is a public address at one of these domains or at a subdomain."""
    return _is_public(url) and any(url.host == each or url.host.endswith(f".{each}") for each in domains)
