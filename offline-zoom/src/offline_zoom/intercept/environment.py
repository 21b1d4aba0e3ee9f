"""The environment in which a program uses the proxy and trusts its certificate authority."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509

from offline_zoom.intercept.certificates import (
    TRUST_STORE_PASSWORD,
    Authority,
    java_trust_store,
    system_certificates,
)

NOT_PROXIED = ("localhost", "127.0.0.1", "::1")
BEGIN = "-----BEGIN CERTIFICATE-----"


class TrustFiles(NamedTuple):
    """The files that programs read. ``bundle`` also has the system's certificates if hosts are allowed."""

    authority: Path
    bundle: Path
    java_store: Path


@contextmanager
def trust_files(authority: Authority, with_system: bool) -> Iterator[TrustFiles]:
    """The files in a temporary folder, which is removed afterwards. They hold certificates and no key."""
    with tempfile.TemporaryDirectory(prefix="offline-zoom-") as name:
        folder = Path(name)
        files = TrustFiles(folder / "ca.pem", folder / ("bundle.pem" if with_system else "ca.pem"), folder / "ca.p12")
        files.authority.write_text(authority.pem)
        certificates = [authority.certificate]
        if with_system:
            system = system_certificates()
            files.bundle.write_text(f"{authority.pem}\n{system}", "utf-8")
            certificates += readable_certificates(system)
        files.java_store.write_bytes(java_trust_store(certificates))
        yield files


def readable_certificates(pem: str) -> list[x509.Certificate]:
    """The certificates of a PEM text, without any that cannot be read."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some roots break rules of RFC 5280
        for part in pem.split(BEGIN)[1:]:
            with suppress(ValueError):
                found.append(x509.load_pem_x509_certificate(f"{BEGIN}{part}".encode()))
    return found


def environment(base: Mapping[str, str], proxy_url: str, files: TrustFiles) -> dict[str, str]:
    """``base`` with the variables that curl, Python, Node and Java read.

    ``NO_PROXY`` is replaced, so that an exception of the machine does not lead a program to the real Zoom.
    """
    proxied = {"HTTPS_PROXY": proxy_url, "HTTP_PROXY": proxy_url, "NO_PROXY": ",".join(NOT_PROXIED)}
    return {
        **{name: value for name, value in base.items() if name.upper() != "ALL_PROXY"},
        **proxied,
        **{name.lower(): value for name, value in proxied.items()},
        "SSL_CERT_FILE": str(files.bundle),
        "REQUESTS_CA_BUNDLE": str(files.bundle),
        "CURL_CA_BUNDLE": str(files.bundle),
        "NODE_EXTRA_CA_CERTS": str(files.authority),
        "NODE_USE_ENV_PROXY": "1",
        "JAVA_TOOL_OPTIONS": java_options(base.get("JAVA_TOOL_OPTIONS", ""), proxy_url, files.java_store),
    }


def java_options(own: str, proxy_url: str, trust_store: Path) -> str:
    """Java's options: those of the environment, then the proxy and the trust store."""
    proxy = urlsplit(proxy_url)
    properties = {
        "https.proxyHost": proxy.hostname,
        "https.proxyPort": proxy.port,
        "http.proxyHost": proxy.hostname,
        "http.proxyPort": proxy.port,
        "http.nonProxyHosts": "localhost|127.*|[::1]",
        "javax.net.ssl.trustStore": trust_store,
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": TRUST_STORE_PASSWORD,
    }
    return " ".join([*own.split(), *(f"-D{name}={value}" for name, value in properties.items())])
