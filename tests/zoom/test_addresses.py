"""Which hosts are Zoom's. A download contacts only the host that was checked."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.test_urls import PARTS, addresses, read_by_a_browser
from zoomapp.errors import UpstreamError
from zoomapp.services import http_session
from zoomapp.urls import parse
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.client import ZoomClient
from zoomapp.zoom.urllib3_transport import ExactHTTPPool, Urllib3Transport

REAL = ZoomHosts("https://zoom.us", "https://api.zoom.us")
OFFLINE = ZoomHosts("http://127.0.0.1:4000", "http://127.0.0.1:4000")
GOVERNMENT = ZoomHosts("https://zoomgov.example", "https://api.zoomgov.example")
FOR_GOVERNMENT = ZoomHosts("https://zoomgov.com", "https://api.zoomgov.com")
OTHER_PORT = ZoomHosts("https://zoom.internal.example:8443")


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        (REAL, "https://zoom.us/rec/download/x"),
        (REAL, "https://us02web.zoom.us/rec/download/x"),
        (REAL, "https://a.b.zoom.us/x"),
        (OFFLINE, "http://127.0.0.1:4000/rec/download/x"),
        (OFFLINE, "https://us02web.zoom.us/x"),
        (GOVERNMENT, "https://files.zoomgov.example/x"),
        (FOR_GOVERNMENT, "https://agency.zoomgov.com/rec/download/x"),
        (FOR_GOVERNMENT, "https://api.zoomgov.com/x"),
        (ZoomHosts("https://agency.zoomgov.com"), "https://files.zoomgov.com/x"),
        (ZoomHosts("https://acme.zoom.us"), "https://us02web.zoom.us/x"),
        (ZoomHosts("https://zoom-proxy.example"), "https://us02web.zoom.us/x"),
        (OTHER_PORT, "https://zoom.internal.example:8443/x"),
    ],
)
def test_the_token_may_go_to_zoom_and_to_the_configured_host(hosts, address):
    assert hosts.may_have_token(parse(address))
    assert hosts.link(address) == address


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        (REAL, "http://zoom.us/x"),
        (REAL, "https://us02web.zoom.us:8443/x"),
        (REAL, "https://evilzoom.us/x"),
        (REAL, "https://zoom.us.evil.example/x"),
        (REAL, "https://bucket.s3.amazonaws.com/x"),
        (REAL, "https://127.0.0.1/x"),
        (REAL, "http://127.0.0.1:4000/x"),
        (OFFLINE, "http://127.0.0.1:4001/x"),
        (OFFLINE, "https://127.0.0.1:4000/x"),
        (OFFLINE, "http://localhost:4000/x"),
        (OFFLINE, "https://a.127.example/x"),
        (REAL, "https://zoomgov.com/x"),
        (REAL, "https://files.zoomgov.com/x"),
        (OFFLINE, "https://zoomgov.com/x"),
        (FOR_GOVERNMENT, "https://evilzoomgov.com/x"),
        (FOR_GOVERNMENT, "http://zoomgov.com/x"),
        (FOR_GOVERNMENT, "https://zoomgov.com.evil.example/x"),
        (ZoomHosts("https://zoomgov.com:8443"), "https://zoomgov.com/x"),
        (ZoomHosts("https://evilzoomgov.com"), "https://zoomgov.com/x"),
        (ZoomHosts("https://zoom.agency.gov"), "https://other.agency.gov/x"),
        (OTHER_PORT, "https://zoom.internal.example/x"),
        (OTHER_PORT, "https://a.zoom.internal.example:8443/x"),
    ],
)
def test_the_token_may_not_go_to_other_hosts(hosts, address):
    assert not hosts.may_have_token(parse(address))
    assert not hosts.link(address)


def test_zooms_other_domain_may_be_linked_but_gets_no_token():
    assert REAL.link("https://explore.zoom.com/j/1") == "https://explore.zoom.com/j/1"
    assert not REAL.may_have_token(parse("https://explore.zoom.com/j/1"))


def test_a_token_of_zoom_for_government_stays_there():
    assert not FOR_GOVERNMENT.may_have_token(parse("https://us02web.zoom.us/rec/download/x"))
    assert FOR_GOVERNMENT.link("https://us02web.zoom.us/j/1")


@pytest.mark.parametrize(
    ("hosts", "sources"),
    [
        (REAL, ()),
        (ZoomHosts("https://acme.zoom.us"), ()),
        (FOR_GOVERNMENT, ("https://zoomgov.com", "https://*.zoomgov.com")),
        (ZoomHosts("https://agency.zoomgov.com"), ("https://zoomgov.com", "https://*.zoomgov.com")),
        (ZoomHosts("https://zoom.example"), ("https://zoom.example", "https://*.zoom.example")),
        (OTHER_PORT, ("https://zoom.internal.example:8443",)),
        (ZoomHosts("http://127.0.0.1:4000"), ("http://127.0.0.1:4000",)),
        (ZoomHosts("https://[::1]:4000"), ("https://[::1]:4000",)),
    ],
)
def test_only_sites_of_the_configured_zoom_are_added_to_those_that_may_frame_the_app(hosts, sources):
    assert hosts.frame_sources == sources


@pytest.mark.parametrize(
    ("hosts", "address", "may"),
    [
        (REAL, "https://bucket.s3.amazonaws.com/x?signature=1", True),
        (REAL, "http://bucket.s3.amazonaws.com/x", False),
        (REAL, "https://bucket.s3.amazonaws.com:8443/x", False),
        (REAL, "https://169.254.169.254/latest/meta-data", False),
        (REAL, "https://[::1]/x", False),
        (REAL, "https://localhost/x", False),
        (REAL, "https://app.localhost/x", False),
        (REAL, "https://redis/x", False),
        (REAL, "http://127.0.0.1:4000/storage", False),
        (OFFLINE, "http://localhost:4000/storage", True),
        (OFFLINE, "http://localhost:6379/storage", False),
        (OFFLINE, "https://bucket.s3.amazonaws.com/x", True),
    ],
)
def test_files_come_from_public_hosts_or_from_the_offline_zoom(hosts, address, may):
    assert hosts.may_hold_files(parse(address)) is may


class Contacted(Urllib3Transport):
    """A transport that connects to one server for every host; ``hosts`` lists the requested hosts."""

    def __init__(self, port):
        self.hosts = []
        self._server_pool = ExactHTTPPool("127.0.0.1", port, maxsize=8)
        super().__init__()
        self.pool_of = self._contact

    def _contact(self, origin):
        url = parse(origin)
        self.hosts.append((url.scheme, url.host, url.port))
        return url.authority, self._server_pool

    def clear(self):
        self.hosts.clear()


class Server:
    """Redirects along ``locations``, then sends a file; ``tokens`` lists the Authorization of each request."""

    def __init__(self):
        self.locations, self.tokens = [], []
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                served.tokens.append(self.headers.get("Authorization"))
                location = served.locations.pop(0) if served.locations else None
                self.send_response(200 if location is None else 302)
                if location is not None:
                    self._headers_buffer.append(f"Location: {location}\r\n".encode())
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Print nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture(scope="module")
def contacted(server):
    return Contacted(server.port)


class Approved(ZoomHosts):
    """The hosts of one Zoom, noting each address that was approved."""

    def __init__(self, domain):
        super().__init__(f"https://{domain}", f"https://api.{domain}")
        self.urls = []

    def may_have_token(self, url):
        return self.record(url, super().may_have_token(url))

    def may_hold_files(self, url):
        return self.record(url, super().may_hold_files(url))

    def record(self, url, may):
        if may:
            self.urls.append((url.scheme, url.host, url.port))
        return may


DOMAINS = ("zoom.us", "zoomgov.com")
SPELLINGS = ("https://x.{}/f", "https://{}/rec/download/1?a=b", "HTTPS://X.{}:443/f")
at_zoom = st.sampled_from([spelling.format(domain) for spelling in SPELLINGS for domain in DOMAINS])
locations = st.one_of(at_zoom, addresses, st.lists(st.sampled_from(PARTS), max_size=5).map("".join)).filter(
    lambda text: not set(text) & set("\r\n\0") and text.isprintable()
)


@pytest.mark.parametrize("domain", DOMAINS)
@given(first=st.one_of(at_zoom, addresses), hops=st.lists(locations, max_size=3))
@example(first=r"https://evil.example\@x.zoom.us/f", hops=[])
@example(first="https://x.zoom.us/f", hops=[r"https://evil.example\@x.zoom.us/f"])
@example(first="https://evil.example/f", hops=[])
@example(first="https://x.zoom.us/f", hops=["https://127.0.0.1/f"])
@example(first="https://x.zoom.us/f", hops=["http://evil.example/f"])
@example(first="https://x.zoom.us/f", hops=["https://bucket.example/f", "https://x.zoom.us/g"])
@example(first="https://x.zoom.us/f", hops=["https://["])
@example(first="https://x.zoomgov.com/f", hops=["https://x.zoom.us/f"])
@example(first="https://x.zoom.us/f", hops=["https://x.zoomgov.com/f"])
def test_a_download_contacts_approved_hosts_only_and_the_token_goes_to_zoom_only(
    server, contacted, domain, first, hops
):
    server.locations[:] = hops
    server.tokens.clear()
    contacted.clear()
    approved = Approved(domain)
    client = ZoomClient(http_session(contacted), f"https://api.{domain}", hosts=approved)

    with contextlib.suppress(UpstreamError):
        client.download(first, "secret").whole()

    assert set(contacted.hosts) <= set(approved.urls)
    assert len(contacted.hosts) == len(server.tokens)
    addresses = [first, *hops]
    for at, ((scheme, host, port), token) in enumerate(zip(contacted.hosts, server.tokens, strict=True)):
        at_zooms = scheme == "https" and port == 443 and (host == domain or host.endswith(f".{domain}"))
        assert (token == "Bearer secret") is at_zooms
        assert scheme == "https" and port == 443 and "." in host
        if addresses[at].lower().startswith("https:"):
            assert read_by_a_browser(addresses[at]) == (host, port)


def test_a_download_follows_zoom_to_its_storage(server, contacted):
    server.locations[:] = ["https://bucket.example/f?signature=1"]
    server.tokens.clear()
    contacted.clear()

    answer = ZoomClient(http_session(contacted), "https://api.zoom.us").download("https://x.zoom.us/f", "secret")

    assert answer.status == 200
    assert contacted.hosts == [("https", "x.zoom.us", 443), ("https", "bucket.example", 443)]
    assert server.tokens == ["Bearer secret", None]
