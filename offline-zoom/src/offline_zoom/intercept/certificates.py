"""A certificate authority for one run, which can vouch for Zoom's names only.

Its key exists in memory while it signs one server certificate, and then no more. The certificate of the authority
is the only thing that other programs get, and it is constrained to Zoom's names (RFC 5280, 4.2.1.10).
"""

from __future__ import annotations

import secrets
import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from requests.utils import DEFAULT_CA_BUNDLE_PATH

#: the domain whose hosts are intercepted
DOMAIN = "zoom.us"
NAMES = (DOMAIN, f"*.{DOMAIN}")
LIFETIME = timedelta(days=7)
#: a trust store has a password by convention; it protects nothing
TRUST_STORE_PASSWORD = "offline-zoom"


class Authority(NamedTuple):
    """The certificate of the authority, and the TLS settings of a server that has a certificate from it."""

    certificate: x509.Certificate
    tls: ssl.SSLContext

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def create_authority() -> Authority:
    """A new authority. Its key is forgotten when this returns."""
    key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    certificate = authority_certificate(key)
    return Authority(certificate, server_tls(server_certificate(server_key, certificate, key), server_key))


def authority_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """The self-signed certificate of the authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "offline-zoom, for one run")])
    only_zoom = x509.NameConstraints([x509.DNSName(DOMAIN)], None)
    return (
        builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(key_usage(sign_certificates=True), critical=True)
        .add_extension(only_zoom, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def server_certificate(
    server_key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str] = NAMES,
) -> x509.Certificate:
    """A certificate for these host names."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternative_names = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    return (
        builder(subject, issuer.subject, server_key.public_key())
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(key_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(alternative_names, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(server_key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """What both certificates have in common."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
    )


def key_usage(*, sign_certificates: bool) -> x509.KeyUsage:
    """An authority may sign certificates, a server the handshake."""
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def server_tls(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """The TLS settings of a server.

    The ``ssl`` module reads keys from files only. The file is encrypted with a password that is only in memory, and
    removed at once.
    """
    password = secrets.token_bytes(24).hex().encode()
    encryption = serialization.BestAvailableEncryption(password)
    key_pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.TemporaryDirectory(prefix="offline-zoom-") as folder:
        path = Path(folder, "server.pem")
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key_pem)
        context.load_cert_chain(path, password=password)
    return context


def java_trust_store(certificates: list[x509.Certificate]) -> bytes:
    """A trust store for Java, which reads no PEM files."""
    entries = [pkcs12.PKCS12Certificate(certificate, f"ca-{n}".encode()) for n, certificate in enumerate(certificates)]
    encryption = serialization.BestAvailableEncryption(TRUST_STORE_PASSWORD.encode())
    return pkcs12.serialize_java_truststore(entries, encryption)


def system_certificates() -> str:
    """The certificates that this system trusts, as PEM: its file, its folder, or those of ``requests``."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile and Path(paths.cafile).is_file():
        return read_text(Path(paths.cafile))
    files = sorted(Path(paths.capath).glob("*.[0-9]")) if paths.capath else []
    if not files:
        files = [Path(DEFAULT_CA_BUNDLE_PATH)]
    return "\n".join(read_text(file) for file in files)


def read_text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
