"""Unchanged programs reach the offline Zoom under Zoom's own names, and no other host."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from devtools.processes import wait_until
from offline_zoom.intercept.certificates import (
    TRUST_STORE_PASSWORD,
    authority_certificate,
    create_authority,
    server_certificate,
    server_tls,
)
from offline_zoom.intercept.connect_proxy import ProxyServer, host_and_port, is_zoom_host
from offline_zoom.intercept.environment import TrustFiles, environment, trust_files
from offline_zoom.serving.server import Server, serve
from offline_zoom.stories.quiet_day import WEEKLY
from offline_zoom.world import World
from tests.offline_zoom.conftest import REDIRECT_URI
from tests.support.processes import HANG_SECONDS

ADDRESS = "https://api.zoom.us/v2/users/me"


class Intercepted:
    """A proxy in front of an offline Zoom, and the environment of its programs."""

    def __init__(self, server: Server, proxy: ProxyServer, files: TrustFiles) -> None:
        self.world, self.server, self.proxy = server.world, server, proxy
        self.environ = environment(os.environ, proxy.url, files)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program in this environment."""
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=HANG_SECONDS)


@pytest.fixture(scope="module")
def intercepted() -> Iterator[Intercepted]:
    authority = create_authority()
    with serve(World()) as server, trust_files(authority, with_system=False) as files:
        proxy = ProxyServer(server.app, authority.tls, ["local?ost"])
        proxy.start()
        yield Intercepted(server, proxy, files)
        proxy.stop()


@pytest.fixture
def in_environment(intercepted, monkeypatch):
    """This process has the environment of the programs."""
    for name in {name for name in os.environ if name.upper() == "ALL_PROXY"}:
        monkeypatch.delenv(name)
    for name, value in intercepted.environ.items():
        monkeypatch.setenv(name, value)


def test_curl_reaches_the_offline_zoom_under_its_built_in_address(intercepted):
    secure = intercepted.run("curl", "-sS", ADDRESS)
    plain = intercepted.run("curl", "-sS", ADDRESS.replace("https", "http"), "-X", "POST", "-d", "x=1")
    calls = intercepted.world.calls.all()[-2:]

    assert [json.loads(answer.stdout)["code"] for answer in (secure, plain)] == [124, 124], secure.stderr
    assert [(call.scheme, call.host, call.status) for call in calls] == [
        ("https", "api.zoom.us", 401),
        ("http", "api.zoom.us", 401),
    ]


def test_requests_and_urllib_reach_the_offline_zoom(intercepted, in_environment):
    with requests.Session() as session:
        statuses = [session.get(ADDRESS, timeout=HANG_SECONDS).status_code for _ in range(2)]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(ADDRESS, timeout=HANG_SECONDS)

    assert statuses == [401, 401]
    assert json.load(refused.value)["code"] == 124


def test_httpx_reaches_the_offline_zoom(in_environment):
    assert httpx.get(ADDRESS).json()["code"] == 124


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # it was written for an older pydantic
def test_pyzoom_signs_in_and_its_models_read_users_meetings_registrants_and_participants(intercepted, in_environment):
    from pyzoom import ZoomClient, refresh_tokens, request_tokens  # takes a while, so not with the module

    world = intercepted.world
    app = (world.client_id, world.client_secret)
    first = request_tokens(*app, REDIRECT_URI, world.issue_code("dana", REDIRECT_URI))
    tokens = refresh_tokens(*app, first["refresh_token"])
    zoom = ZoomClient(tokens["access_token"], tokens["refresh_token"])

    made = zoom.meetings.create_meeting("Planning", start_time="2090-01-02T10:00:00Z", duration_min=30)
    registered = zoom.meetings.add_and_confirm_registrant(
        made.id, first_name="Mei", last_name="Tan", email="mei@example.net"
    )
    [mei] = zoom.meetings.list_meeting_registrants(made.id).registrants

    assert zoom.meetings.get_meeting(made.id).topic == "Planning"
    assert made.id in {meeting.id for meeting in zoom.meetings.list_meetings().meetings}
    assert (registered.id, mei.email) == (made.id, "mei@example.net")
    assert "dana@example.com" in {user.email for user in zoom.users.get_users("active").users}
    assert len(zoom.meetings.past_meeting_participants(WEEKLY)) == 9
    assert zoom.meetings.delete_meeting(made.id)


def node_that_uses_the_proxy() -> str:
    """The path of Node. Skips the test if there is none whose ``fetch`` uses the proxy of the environment."""
    node = shutil.which("node")
    if not node:
        pytest.skip("there is no Node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    numbers = tuple(int(part) for part in version.lstrip("v").split(".")[:2])
    if numbers < (22, 21) or (24, 0) <= numbers < (24, 5):
        pytest.skip(f"Node {version} does not use the proxy of the environment")
    return node


def test_fetch_of_node_reaches_the_offline_zoom(intercepted):
    node = node_that_uses_the_proxy()

    answer = intercepted.run(node, "-e", f"fetch('{ADDRESS}').then(r => r.text()).then(console.log)")

    assert json.loads(answer.stdout)["code"] == 124


JAVA = """
public class Client {
    public static void main(String[] words) throws Exception {
        var connection = java.net.URI.create(words[0]).toURL().openConnection();
        System.out.println(((java.net.HttpURLConnection) connection).getResponseCode());
    }
}
"""


def test_java_reaches_the_offline_zoom(intercepted, tmp_path):
    if not shutil.which("javac"):
        pytest.skip("there is no Java compiler")
    source = tmp_path / "Client.java"
    source.write_text(JAVA)

    assert intercepted.run("java", str(source), ADDRESS).stdout == "401\n"


@pytest.mark.parametrize("address", ["https://example.com/", "http://example.com/", "https://api.zoom.us.example/"])
def test_another_host_is_refused_and_the_program_is_given_the_reason(intercepted, in_environment, address):
    host = address.split("/")[2]
    with requests.Session() as session:
        try:
            reason = session.get(address, timeout=HANG_SECONDS).reason
        except requests.exceptions.ProxyError as error:
            reason = str(error)

    assert f"{host} is not a host of Zoom" in reason
    assert intercepted.proxy.refused[host]


def test_an_allowed_host_is_reached_through_a_tunnel_and_with_a_plain_request(intercepted):
    """The allowed host is a second offline Zoom, with another story."""
    with serve(World("free-plan")) as elsewhere:
        address = f"{elsewhere.url.replace('127.0.0.1', 'localhost')}/_sandbox/"
        curl = ("curl", "-sS", "--noproxy", "", address)
        answers = [intercepted.run(*curl), intercepted.run(*curl, "--proxytunnel"), intercepted.run(*curl, "-d", "{}")]
        refused = intercepted.run("curl", "-sS", "--noproxy", "", elsewhere.url)

    assert [json.loads(answer.stdout)["story"] for answer in answers[:2]] == ["free-plan", "free-plan"]
    assert "405" in answers[2].stdout
    assert "127.0.0.1 is not a host of Zoom" in refused.stdout


def test_a_program_that_does_not_trust_the_authority_is_reported(intercepted):
    untrusting = intercepted.run(sys.executable, "-c", UNTRUSTING, intercepted.proxy.url)

    assert untrusting.stdout == "CERTIFICATE_VERIFY_FAILED\n", untrusting.stderr
    assert wait_until(lambda: intercepted.proxy.distrusted["us02web.zoom.us"] > 0, HANG_SECONDS)


UNTRUSTING = """
import http.client, ssl, sys
connection = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1].rpartition(":")[2]),
                                         context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
connection.set_tunnel("us02web.zoom.us", 443)
try:
    connection.request("GET", "/")
except ssl.SSLError as error:
    print(error.reason)
"""


def test_a_plain_request_with_a_whole_https_address_is_answered(intercepted):
    """Versions of axios that open no tunnel send it."""
    host = intercepted.proxy.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=HANG_SECONDS)
    connection.request("GET", f"{ADDRESS}?a=1", headers={"Host": "api.zoom.us"})

    assert json.load(connection.getresponse())["code"] == 124
    assert intercepted.world.calls.all()[-1].target == "/v2/users/me?a=1"


def test_a_request_to_the_proxy_itself_is_refused(intercepted):
    assert requests.get(intercepted.proxy.url, timeout=HANG_SECONDS).status_code == 421


@pytest.mark.parametrize(
    ("host", "is_zoom"),
    [
        ("zoom.us", True),
        ("API.zoom.us", True),
        ("ssrweb.zoom.us.", True),
        ("notzoom.us", False),
        ("zoom.us.example", False),
        ("", False),
    ],
)
def test_names_of_zoom_are_recognized(host, is_zoom):
    assert is_zoom_host(host) is is_zoom


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("api.zoom.us:8443", ("api.zoom.us", 8443)),
        ("api.zoom.us", ("api.zoom.us", 443)),
        ("[::1]:1", ("::1", 1)),
        ("a:b", ("a", 443)),
        ("", ("", 443)),
    ],
)
def test_target_of_a_tunnel_is_read(target, expected):
    assert host_and_port(target, 443) == expected


def handshake_error(tls: ssl.SSLContext, authority: x509.Certificate, host: str) -> str:
    """Why a client that trusts the authority refuses a server. Empty if it does not."""
    client_tls = ssl.create_default_context(cadata=authority.public_bytes(Encoding.PEM).decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = tls.wrap_bio(to_server, to_client, server_side=True)
    client = client_tls.wrap_bio(to_client, to_server, server_hostname=host)
    for step in (client, server, client):
        try:
            step.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
    return ""


def test_the_authority_can_vouch_for_names_of_zoom_only():
    key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = authority_certificate(key)
    errors = {}
    for host in ("api.zoom.us", "bank.example"):
        tls = server_tls(server_certificate(server_key, authority, key, [host]), server_key)
        errors[host] = handshake_error(tls, authority, host)

    assert errors == {"api.zoom.us": "", "bank.example": "permitted subtree violation"}


def test_trust_files_hold_no_key_and_disappear():
    with trust_files(create_authority(), with_system=False) as files:
        texts = [path.read_bytes() for path in files.authority.parent.iterdir()]
        assert files.bundle == files.authority

    assert not any(b"PRIVATE KEY" in text for text in texts)
    assert not files.authority.parent.exists()


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_trust_files_include_the_systems_certificates_for_programs_that_may_reach_other_hosts():
    system = ssl.create_default_context().get_ca_certs()
    with trust_files(create_authority(), with_system=True) as files:
        context = ssl.create_default_context(cafile=files.bundle)
        java = pkcs12.load_pkcs12(files.java_store.read_bytes(), TRUST_STORE_PASSWORD.encode())

    assert len(context.get_ca_certs()) == len(system) + 1
    assert len(java.additional_certs) > len(system) * 0.9


def test_an_exception_of_the_machine_does_not_lead_to_the_real_zoom(tmp_path):
    files = TrustFiles(tmp_path / "ca.pem", tmp_path / "bundle.pem", tmp_path / "ca.p12")
    own = {
        "NO_PROXY": "zoom.us",
        "no_proxy": "*",
        "all_proxy": "socks5://10.0.0.1",
        "JAVA_TOOL_OPTIONS": "-Xmx1g",
        "A": "b",
    }

    environ = environment(own, "http://127.0.0.1:9", files)

    assert environ["NO_PROXY"] == environ["no_proxy"] == "localhost,127.0.0.1,::1"
    assert environ["HTTPS_PROXY"] == environ["http_proxy"] == "http://127.0.0.1:9"
    assert environ["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9 ")
    assert "all_proxy" not in environ and environ["A"] == "b"
    assert environ["NODE_EXTRA_CA_CERTS"] == str(Path(tmp_path, "ca.pem"))
