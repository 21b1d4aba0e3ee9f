"""Checks Redis: reachable, recent, durable and writable; and that the encryption keys fit the stored records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import redis

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.config import Settings, is_loopback
from zoomapp.errors import StoreUnavailable
from zoomapp.services import Services
from zoomapp.store import key_names, redis_client
from zoomapp.store.encrypted_records import DOCTOR_TEST, TOKENS

OLDEST = (6, 2)
#: The number of records that are checked.
SAMPLE = 1000

#: Part of the error message, what it means, and what to do. The first match counts.
REASONS = (
    ("certificate", "its certificate is not trusted", "If it is self-signed, as on Heroku, set REDIS_TLS_VERIFY=0."),
    ("ssl", "it does not use TLS", "Try redis:// instead of rediss://."),
    ("auth", "it refused the password", "Copy REDIS_URL again, with user and password."),
    (
        "refused",
        "nothing is listening there",
        "Compare host and port of REDIS_URL, and check that the server is running.",
    ),
    ("name or service", "its name does not resolve", "Compare the host of REDIS_URL."),
    (
        "timeout",
        "it does not answer in time",
        "Check that this machine can reach it. If it accepts only TLS, use rediss://.",
    ),
    ("connection closed", "it closed the connection", "If it accepts only TLS, use rediss://."),
)


def check(services: Services) -> Iterator[Finding]:
    """Findings about the server, its configuration and the stored records."""
    client = services.redis
    try:
        with redis_client.store_errors():
            client.ping()
            info = client.info()
    except StoreUnavailable as error:
        yield _unreachable(error.detail)
        return
    yield ok("redis", "It answers.")
    yield version(str(info.get("redis_version", "")))
    yield _tls(services.settings)
    yield _eviction(info)
    yield from _persistence(client, info)
    yield _writable(client)
    yield _records(services)


def version(text: str) -> Finding:
    """Whether this version of Redis has the commands that the app uses."""
    numbers = tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        return fail("redis.version", f"Redis {text} is too old.", "Use Redis 6.2 or newer, or Valkey.")
    return ok("redis.version", f"Redis {text}.")


def _unreachable(detail: str) -> Finding:
    for part, says, todo in REASONS:
        if part in detail.lower():
            return fail("redis", f"Redis cannot be used: {says}.", todo)
    return fail("redis", f"Redis cannot be used: {detail}", "Compare REDIS_URL with what your host shows.")


def _tls(settings: Settings) -> Finding:
    url = settings.redis_url
    if not url.startswith("rediss"):
        if all(is_loopback(urlsplit(f"//{host}").hostname) for host in urlsplit(url).netloc.split("@")[-1].split(",")):
            return ok("redis.tls", "On this machine, without TLS.")
        return warn(
            "redis.tls", "The connection to Redis is not encrypted.", "Use rediss:// unless the network is private."
        )
    if not settings.redis_tls_verify:
        return ok("redis.tls", "Encrypted; its certificate is not checked (REDIS_TLS_VERIFY=0).")
    return ok("redis.tls", "Encrypted, its certificate checked.")


def _eviction(info: dict[str, Any]) -> Finding:
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        return ok("redis.eviction", "It deletes nothing when it is full.")
    says = f"When it is full, Redis deletes grants to make room (maxmemory-policy {policy})."
    todo = "Set maxmemory-policy to noeviction; on Heroku: heroku redis:maxmemory --policy noeviction"
    return fail("redis.eviction", says, todo) if info.get("maxmemory") else warn("redis.eviction", says, todo)


def _persistence(client: redis.Redis, info: dict[str, Any]) -> Iterator[Finding]:
    if info.get("aof_enabled"):
        yield ok("redis.persistence", "It keeps an append-only file.")
        return
    try:
        saves = cast("dict[str, str]", client.config_get("save")).get("save")
    except redis.RedisError:
        return  # A managed Redis that forbids CONFIG takes care of persistence itself.
    if not saves:
        yield warn(
            "redis.persistence",
            "It writes nothing to disk: after a restart all users must connect again.",
            "Set appendonly yes.",
        )


def _writable(client: redis.Redis) -> Finding:
    name = key_names.PREFIX + DOCTOR_TEST.key
    try:
        with redis_client.store_errors():
            client.set(name, b"1", ex=60)
            client.delete(name)
    except StoreUnavailable as error:
        full = "OOM" in error.detail or "maxmemory" in error.detail
        why = "it is full" if full else "it is a replica" if "ReadOnly" in error.detail else error.detail
        todo = "Give it more memory." if full else "Set REDIS_URL to a server that accepts writes."
        return fail("redis.writable", f"Redis cannot be written to: {why}.", todo)
    return ok("redis.writable", "It can be written to.")


def _records(services: Services) -> Finding:
    """Whether the configured keys can decrypt the stored grants."""
    try:
        names = redis_client.scan_keys(services.redis, TOKENS.name)
        key_ids = [
            services.key_ring.key_id(encrypted)
            for _, encrypted in redis_client.load_many(services.redis, names[:SAMPLE])
        ]
    except StoreUnavailable as error:
        return fail(
            "keys.records",
            f"The grants could not be read ({error.detail}).",
            "Try again. If it fails again, allow the user of REDIS_URL all commands on zoomapp:*, SCAN included.",
        )
    newest, *_ = services.key_ring.ids
    unknown = sorted({key_id or "an unknown key" for key_id in key_ids if key_id not in services.key_ring.ids})
    if unknown:
        return fail(
            "keys.records",
            f"Some grants are encrypted with keys that are not in TOKEN_ENCRYPTION_KEYS: {', '.join(unknown)}.",
            "Put the old key back, last in the list; otherwise these users must connect again.",
        )
    if any(key_id != newest for key_id in key_ids):
        return warn("keys.records", "Some grants are encrypted with an older key.", "Run: flask tokens rotate")
    checked = "all" if len(key_ids) == len(names) else f"{len(key_ids):,}"
    return ok(
        "keys.records",
        f"{len(names):,} grants are stored; {checked} checked, encrypted with the newest key ({newest}).",
    )
