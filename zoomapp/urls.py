"""A strict parser for the http and https addresses that Zoom sends and that the settings contain.

Parsers disagree about malformed addresses: ``https://evil.example\\@x.zoom.us/`` has the host ``x.zoom.us`` for
``urllib.parse`` and ``evil.example`` for browsers and urllib3. So an address is parsed once, by ``parse``, which
refuses everything that two parsers could read differently. All checks, connections, redirects and links use the parsed
value.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

DEFAULT_PORTS = {"https": 443, "http": 80}
MAX_LENGTH = 8000

_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]+\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    # Printable ASCII without space, quotation mark, "#", angle brackets and backslash; "%" only before two hex digits.
    r"(?P<target>/(?:[!$&-;=?-\[\]-~]++|%[0-9A-Fa-f]{2})*+)?",
    re.ASCII,
)
_SCHEME = re.compile(r"[^/?#]*:")
_AUTHORITY = re.compile(r"[A-Za-z]+://[^/]*", re.ASCII)


class UnsafeAddress(ValueError):
    """An address that two parsers could read differently, or that is not http or https. The message never quotes it."""


@dataclass(frozen=True, slots=True)
class Url:
    """A parsed http or https address. ``target`` is path and query as they go on the wire; there is no fragment.

    ``str(url)`` is the address again, in lower case up to the path and without a default port.
    """

    scheme: str
    host: str
    port: int
    target: str = "/"

    @property
    def authority(self) -> str:
        """Host and, if it is not the default, port: the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.origin + self.target


def parse(address: str) -> Url:
    """The address as a value. Raises UnsafeAddress."""
    if len(address) > MAX_LENGTH or not address.isascii():
        raise UnsafeAddress("too long, or not ASCII")
    # Schemes and hosts have no case (RFC 3986 6.2.2.1); a path has.
    authority = _AUTHORITY.match(address)
    end = authority.end() if authority else 0
    found = _ADDRESS.fullmatch(address[:end].lower() + address[end:])
    if found is None:
        raise UnsafeAddress("not a well-formed http or https address")
    scheme, host, port = found["scheme"], found["host"], found["port"]
    number = int(port) if port else DEFAULT_PORTS[scheme]
    if number > 65535 or len(host) > 253:
        raise UnsafeAddress("port or host name out of range")
    return Url(scheme, _checked_host(host), number, found["target"] or "/")


def resolve(base: Url, location: str) -> Url:
    """Where a redirect from ``base`` leads (RFC 9110 10.2.2). Raises UnsafeAddress.

    Relative forms with dot segments are refused: libraries resolve them in different ways.
    """
    if _SCHEME.match(location):
        return parse(location)
    if location.startswith("//"):
        return parse(f"{base.scheme}:{location}")
    path, _, query = location.partition("?")
    if not location or any(segment in (".", "..") for segment in path.split("/")):
        raise UnsafeAddress("an empty address, or one with dot segments")
    own_path = base.target.partition("?")[0]
    if not path:
        return parse(f"{base.origin}{own_path}?{query}")
    folder = "" if path.startswith("/") else own_path.rpartition("/")[0] + "/"
    return parse(base.origin + folder + location)


def _checked_host(host: str) -> str:
    """The host without brackets. Raises UnsafeAddress for an IP address that is not in its usual form."""
    bare = host.strip("[]")
    if host.startswith("[") or host.rpartition(".")[2][0].isdigit():
        # Browsers also read 127.1, 0x7f.1 and 2130706433 as IP addresses.
        try:
            usual_form = str(ipaddress.ip_address(bare))
        except ValueError as error:
            raise UnsafeAddress("a host that is neither a name nor an IP address") from error
        if usual_form != bare:
            raise UnsafeAddress("an IP address in an unusual form")
    return bare
