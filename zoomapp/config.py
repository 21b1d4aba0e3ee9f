"""The settings: one frozen value, filled from the environment once, at start."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zoomapp.errors import ConfigError
from zoomapp.urls import UnsafeAddress, parse

CALLBACK_PATH = "/api/zoomapp/auth"
#: Where another frontend is served; Zoom's React sample is built for this address.
FRONTEND_PATH = "/api/zoomapp/proxy"
#: The settings of the optional second credential.
ACCOUNT_SETTINGS = ("ZOOM_ACCOUNT_ID", "ZOOM_S2S_CLIENT_ID", "ZOOM_S2S_CLIENT_SECRET")
#: The largest number of any setting: a longer time has no date on some systems.
MAX_NUMBER = 1_000_000


@dataclass(frozen=True)
class Settings:
    """Everything a deployment can choose. Each field is the environment variable of the same name in capitals.

    Secrets do not print. docs/reference.md explains each in the table "Settings".
    """

    zoom_client_id: str
    #: One secret, or while it is being replaced two: the newest, a comma, the one before.
    zoom_client_secret: str = field(repr=False)
    public_url: str
    secret_key: str = field(repr=False)
    #: 32 bytes each, newest first.
    token_encryption_keys: tuple[bytes, ...] = field(repr=False)
    redis_url: str = field(repr=False)
    redis_tls_verify: bool = True
    zoom_host: str = "https://zoom.us"
    zoom_api_host: str = "https://api.zoom.us"
    zoom_ca_bundle: str = ""
    zoom_webhook_secret: str = field(default="", repr=False)
    #: Server-to-Server credentials of one account, for pages that read its dashboard and reports: all three or none.
    zoom_account_id: str = ""
    zoom_s2s_client_id: str = ""
    #: One secret or, while it is being replaced, two.
    zoom_s2s_client_secret: str = field(default="", repr=False)
    #: The Team Chat address of the app's chatbot; without it the app sends no messages of its own.
    zoom_bot_jid: str = ""
    cookie_mode: str = "lax"
    app_name: str = "Rollcall"
    log_level: str = "INFO"
    #: The bearer token for ``/metrics``. Without it there is no such page.
    metrics_token: str = field(default="", repr=False)
    #: An access token is renewed this early, but never by more than a tenth of its life.
    refresh_margin_seconds: int = 300
    #: The redirect URI sent with in-client codes: ``event`` (what the client bound, else the page), ``none``, or a URL.
    in_client_redirect: str = "event"
    #: How long a session lives without a visit.
    session_days: int = 14
    #: How long a grant is kept without a renewal (a refresh token's life at Zoom).
    grant_days: int = 90
    #: How long attendance from webhooks and reports is kept.
    attendance_days: int = 30
    #: Webhooks older than this are refused. Zoom's last retry comes 60 minutes after the first try.
    webhook_window_seconds: int = 300
    #: How long a read may wait after a rate limit of Zoom per second before it is repeated once; 0: no wait, a 429.
    rate_limit_wait_seconds: int = 0
    #: How long a page serves what it read from Zoom before it asks again; 0 asks for each view.
    page_cache_seconds: int = 60
    #: Whether the app asks Zoom ahead for the next page, and lets browsers do so with our own pages.
    prefetch: bool = True
    #: Threads of one process, which gunicorn gets too. At most an eighth of them wait for a rate limit.
    web_threads: int = 512
    #: Another frontend than our pages: the folder of its build, or the address of its development server.
    frontend_dir: str = ""
    frontend_url: str = ""
    #: For development: a file with the seconds by which the clock of the offline Zoom, and so of the app, is ahead.
    clock_offset_file: str = ""
    #: Whether the app uses ``zoomapp/fastpath/``. Without it the app does the same, slower.
    fast_path: bool = True

    @property
    def redirect_uri(self) -> str:
        return self.public_url + CALLBACK_PATH

    @property
    def zoom_client_secrets(self) -> tuple[str, ...]:
        """The client secrets, newest first."""
        return _split_secrets(self.zoom_client_secret)

    @property
    def zoom_s2s_client_secrets(self) -> tuple[str, ...]:
        """The client secrets of the Server-to-Server app, newest first; none if there is no such app."""
        return _split_secrets(self.zoom_s2s_client_secret) if self.zoom_s2s_client_secret else ()

    @property
    def has_frontend(self) -> bool:
        """Whether the app opens with another frontend than our own pages."""
        return bool(self.frontend_dir or self.frontend_url)

    @property
    def prefetches(self) -> bool:
        """Whether pages are loaded ahead. Without saved copies, the page itself would ask Zoom again."""
        return self.prefetch and self.page_cache_seconds > 0

    @property
    def secure(self) -> bool:
        """Whether people reach the app by https; plain http is for a loopback address only."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of this process. Raises ConfigError, which names all faults."""
        values: dict[str, Any] = {}
        problems = []
        for each in fields(cls):
            name = each.name.upper()
            text = environ.get(name, "").strip()
            if not text:
                if each.default is MISSING:
                    problems.append(f"{name} is missing.")
                continue
            try:
                values[each.name] = READERS.get(each.name, str)(text)
            except ValueError as error:
                problems.append(f"{name} {error}.")
        if "frontend_dir" in values and "frontend_url" in values:
            problems.append("FRONTEND_DIR and FRONTEND_URL exclude each other: a build, or a development server.")
        if "clock_offset_file" in values and not is_loopback(
            urlsplit(values.get("zoom_host", "https://zoom.us")).hostname
        ):
            problems.append(
                "CLOCK_OFFSET_FILE is for development with an offline Zoom: ZOOM_HOST must be a loopback address."
            )
        problems += _account_problems(environ)
        if problems:
            raise ConfigError(problems)
        return cls(**values)


def _account_problems(environ: Mapping[str, str]) -> list[str]:
    """A problem for each Server-to-Server setting that is missing while another one is set."""
    missing = [name for name in ACCOUNT_SETTINGS if not environ.get(name, "").strip()]
    if len(missing) == len(ACCOUNT_SETTINGS):
        return []
    return [f"{name} is missing: {', '.join(ACCOUNT_SETTINGS)} belong together." for name in missing]


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host in ("localhost", None) or str(host).endswith(".localhost"):
        return host is not None
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def origin(text: str) -> str:
    """An origin such as ``https://zoom.us``; plain http only for a loopback address."""
    try:
        url = parse(text)
    except UnsafeAddress as error:
        raise ValueError("must be an address such as https://example.com") from error
    if url.target != "/":
        raise ValueError("must be an origin: scheme, host and port, without a path")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValueError("must begin with https:// (plain http is for a loopback address only)")
    return url.origin


def _loopback_origin(text: str) -> str:
    try:
        host: str | None = parse(text).host
    except UnsafeAddress:
        host = None
    if not is_loopback(host):
        raise ValueError("must be a loopback address such as http://127.0.0.1:3000; FRONTEND_DIR serves a build")
    return origin(text)


def _build_folder(text: str) -> str:
    folder = Path(text).resolve()
    if not (folder / "index.html").is_file():
        raise ValueError("must be the folder of a build, with an index.html in it")
    return str(folder)


def key_ring(text: str) -> tuple[bytes, ...]:
    """Keys of 32 bytes from a comma list, each as 64 hex digits or base64."""
    keys = tuple(_key(part.strip()) for part in text.split(",") if part.strip())
    if not keys:
        raise ValueError("holds no key")
    return keys


def _key(text: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ValueError("holds a key that is neither 64 hex digits nor base64") from error
    if len(key) != 32:
        raise ValueError(f"holds a key of {len(key)} bytes; it takes 32")
    return key


def _client_secret(text: str) -> str:
    return ",".join(_split_secrets(text))


def _split_secrets(text: str) -> tuple[str, ...]:
    """The distinct secrets of a comma list."""
    secrets = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(secrets):
        raise ValueError("holds an empty secret")
    if len(secrets) > 2:
        raise ValueError(f"holds {len(secrets)} secrets; it takes the newest and the one before")
    return secrets


def _secret_key(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def _redis_url(text: str) -> str:
    if not re.match(r"(rediss?(\+cluster)?|redis\+sentinel)://", text):
        raise ValueError("must begin with redis://, rediss://, redis+cluster:// or redis+sentinel://")
    if text.startswith("redis+sentinel:") and not re.match(r"[^/]+//[^/]+/[^/]+(/\d+)?$", text):
        raise ValueError("must name the service: redis+sentinel://host:port,host:port/service")
    _check_redis_hosts(text)
    return text


def _check_redis_hosts(text: str) -> None:
    """Raises ValueError for a host or a port that no client could use."""
    try:
        parts = urlsplit(text)
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        usable = all(host.hostname and (host.port is None or host.port > 0) for host in hosts)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must hold hosts and ports such as redis://cache.example:6379")


def _flag(text: str) -> bool:
    if text.lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise ValueError("must be 0 or 1")
    return text.lower() in ("1", "true", "yes")


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise ValueError("must be a whole number above 0")
    if int(text) > MAX_NUMBER:
        raise ValueError(f"must be {MAX_NUMBER} at most")
    return int(text)


def _short_wait(text: str) -> int:
    if text not in ("0", "1", "2"):
        raise ValueError("must be 0, 1 or 2: Zoom limits most calls by the second")
    return int(text)


def _page_cache_seconds(text: str) -> int:
    return 0 if text == "0" else _seconds(text)


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return read


def _in_client_redirect(text: str) -> str:
    if text in ("event", "none"):
        return text
    try:
        parse(text)
    except UnsafeAddress as error:
        raise ValueError("must be event, none, or an address") from error
    return text


#: How a setting's text becomes its value; a plain string needs no reader.
READERS: dict[str, Callable[[str], Any]] = {
    "public_url": origin,
    "zoom_host": origin,
    "zoom_api_host": origin,
    "zoom_client_secret": _client_secret,
    "zoom_s2s_client_secret": _client_secret,
    "secret_key": _secret_key,
    "token_encryption_keys": key_ring,
    "redis_url": _redis_url,
    "redis_tls_verify": _flag,
    "fast_path": _flag,
    "prefetch": _flag,
    "cookie_mode": _choice("lax", "partitioned"),
    "log_level": lambda text: _choice("DEBUG", "INFO", "WARNING", "ERROR")(text.upper()),
    "refresh_margin_seconds": _seconds,
    "session_days": _seconds,
    "grant_days": _seconds,
    "attendance_days": _seconds,
    "webhook_window_seconds": _seconds,
    "rate_limit_wait_seconds": _short_wait,
    "page_cache_seconds": _page_cache_seconds,
    "web_threads": _seconds,
    "in_client_redirect": _in_client_redirect,
    "frontend_dir": _build_folder,
    "frontend_url": _loopback_origin,
}
