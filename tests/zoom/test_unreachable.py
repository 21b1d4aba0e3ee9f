"""A refused connection to Zoom is a bad gateway, a slow Zoom is a time-out. Both functions that send agree."""

import contextlib
import socket

import pytest
import requests

from tests.zoom.test_transport import Peer
from zoomapp.errors import UpstreamError
from zoomapp.fastpath.http1 import Http1Transport
from zoomapp.services import http_session
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.client import Call, ZoomClient
from zoomapp.zoom.oauth import ZoomOAuth
from zoomapp.zoom.transport import NotSent, NotSentInTime
from zoomapp.zoom.urllib3_transport import Urllib3Transport


@pytest.fixture
def refusing():
    """An address without a server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def full():
    """An address whose server accepts no connection, so that connecting takes until its time is up."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def silent():
    """An address whose server accepts connections and says nothing, not even a TLS handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(params=[Urllib3Transport, Http1Transport])
def transport(request):
    return request.param()


def call_api(transport, host):
    ZoomClient(http_session(transport), host).send(Call("GET", "/v2/users/me"), "token")


def write_to_api(transport, host):
    ZoomClient(http_session(transport), host).send(Call("POST", "/v2/users/me/meetings", {}, b"{}"), "token")


def download(transport, host):
    ZoomClient(http_session(transport), host, hosts=ZoomHosts(host)).download(f"{host}/rec/download/1", "token")


def ask_token_endpoint(transport, host):
    ZoomOAuth(http_session(transport), host, "id", ("secret",), "https://app.example/").client_tokens()


def revoke(transport, host):
    ZoomOAuth(http_session(transport), host, "id", ("secret",), "https://app.example/").revoke("token")


WAYS = [call_api, write_to_api, download, ask_token_endpoint, revoke]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_refused_connection_to_zoom_gives_502(transport, refusing, way):
    with pytest.raises(UpstreamError) as caught:
        way(transport, refusing)

    assert (caught.value.status, caught.value.code) == (502, "upstream_error")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_unknown_host_name_is_a_bad_gateway(transport, way):
    with pytest.raises(UpstreamError) as caught:
        way(transport, "https://zoom.invalid")

    assert (caught.value.status, caught.value.code) == (502, "upstream_error")


def prepared(address):
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "GET", address, None
    request.headers = requests.structures.CaseInsensitiveDict()
    return request


def test_a_server_that_accepts_no_connection_is_too_slow_both_ways(transport, full):
    with pytest.raises(NotSentInTime):
        transport.exchange("GET", full, "/v2/x", {}, b"", (0.2, 5.0))
    with pytest.raises(NotSentInTime):
        transport.send(prepared(full + "/v2/x"), timeout=(0.2, 5.0))


def test_a_tls_handshake_without_an_answer_is_too_slow_both_ways(transport, silent):
    with pytest.raises(requests.Timeout):
        transport.exchange("GET", silent, "/v2/x", {}, b"", (0.2, 5.0))
    with pytest.raises(requests.Timeout):
        transport.send(prepared(silent + "/v2/x"), timeout=(0.2, 5.0))


def test_a_refused_connection_is_not_a_time_out_for_both_functions(transport, refusing):
    ways = [
        lambda: transport.exchange("GET", refusing, "/v2/x", {}, b"", (1.0, 5.0)),
        lambda: transport.send(prepared(refusing + "/v2/x"), timeout=(1.0, 5.0)),
    ]

    for way in ways:
        with pytest.raises(NotSent) as caught:
            way()
        assert not isinstance(caught.value, requests.Timeout)


@pytest.mark.parametrize("location", ["https://[", "https://[::1", "http://zoom.us:port/"])
def test_nonsense_in_the_location_of_the_token_endpoint_is_a_bad_gateway(transport, location):
    peer = Peer([f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()])
    try:
        with pytest.raises(UpstreamError):
            ask_token_endpoint(transport, peer.url)
    finally:
        peer.listener.close()
