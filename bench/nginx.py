"""Configurations of nginx: the upstream with TLS, in place of Zoom, and a bare proxy for comparison."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Headers of an upstream response, besides those of nginx.
ANSWER_HEADERS = {
    "X-Zm-Trackingid": "v=2.0;clid=aw1;rid=WEB_0123456789abcdef0123456789abcdef",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache, no-store, must-revalidate, no-transform",
    "Pragma": "no-cache",
    "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    "X-RateLimit-Category": "Light",
    "X-RateLimit-Type": "QPS",
    "X-RateLimit-Limit": "80",
    "X-RateLimit-Remaining": "79",
    "Set-Cookie": "zm_aid=; Path=/; Secure; HttpOnly",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "deny",
    "Vary": "Origin",
}

COMMON = """
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log error;
worker_processes {workers};
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
{user}
http {{
  access_log off;
  server_tokens off;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/{name}-body;
  proxy_temp_path {folder}/{name}-proxy;
  fastcgi_temp_path {folder}/{name}-fastcgi;
  uwsgi_temp_path {folder}/{name}-uwsgi;
  scgi_temp_path {folder}/{name}-scgi;
  {http}
}}
"""

UPSTREAM = """
  upstream standin {{ server 127.0.0.1:{standin}; keepalive 1024; }}
  server {{
    listen 127.0.0.1:{port} ssl backlog=2048;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    root {folder};
    default_type application/json;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / {{ proxy_pass http://standin; }}
    location = /v2/users/me/meetings {{
      {headers}
      try_files /2k.json =404;
    }}
    location ~ /(?<size>2k|100k|100m)$ {{
      if ($http_authorization !~ "^Bearer a-") {{ return 401; }}
      {headers}
      try_files /$size.json =404;
    }}
  }}
"""

SLOW = """
  upstream slow {{ server 127.0.0.1:{zoom}; keepalive 1024; }}
  server {{
    listen 127.0.0.1:{port} ssl backlog=2048;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / {{ proxy_pass http://slow; }}
  }}
"""

FLOOR = """
  upstream zoom {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location /zoom/api/ {{
      proxy_pass https://zoom/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer a-floor-0";
      proxy_max_temp_file_size 0;
    }}
  }}
"""


def upstream(folder: Path, port: int, standin: int) -> Path:
    """Write the upstream's configuration, with its bodies and certificate; returns the path."""
    _write_bodies(folder)
    _write_certificate(folder)
    headers = " ".join(f'add_header {name} "{value}";' for name, value in ANSWER_HEADERS.items())
    return _write(folder, "upstream", 1, UPSTREAM.format(folder=folder, port=port, standin=standin, headers=headers))


def slow_upstream(folder: Path, port: int, zoom: int) -> Path:
    """Write the configuration of TLS before the slow Zoom; returns the path. The certificate is the upstream's."""
    return _write(folder, "slow-upstream", 1, SLOW.format(folder=folder, port=port, zoom=zoom))


def floor(folder: Path, port: int, upstream_port: int) -> Path:
    """Write the configuration of a plain proxy; returns the path."""
    return _write(folder, "floor", 2, FLOOR.format(port=port, upstream=upstream_port))


def _write(folder: Path, name: str, workers: int, http: str) -> Path:
    # As root, nginx would switch to a user who cannot read our folder.
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / f"{name}.conf"
    path.write_text(COMMON.format(folder=folder, name=name, workers=workers, user=user, http=http))
    return path


def _write_bodies(folder: Path) -> None:
    meeting = {
        "uuid": "jYGSl0qTRDuL1WXQTdnzVg==",
        "id": 81234567890,
        "type": 2,
        "topic": "Weekly review",
        "duration": 45,
    }
    for name, size in (("2k", 2048), ("100k", 100 * 1024)):
        listed = [{**meeting, "agenda": f"item {number}"} for number in range(size // 150)]
        (folder / f"{name}.json").write_text(json.dumps({"page_size": 300, "meetings": listed}).ljust(size))
    with (folder / "100m.json").open("wb") as file:
        file.truncate(100 * 1024 * 1024)


def _write_certificate(folder: Path) -> None:
    """Write a self-signed certificate for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "upstream of the benchmark")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
