"""Redis as we need it: reachable, new enough, keeping what it was given; and records that our keys open."""

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
#: So many records tell how the others are.
SAMPLE = 1000

#: Why it did not answer, by a word of its failure; the first that fits.
REASONS = (
    ("certificate", "its certificate is not one that is trusted", "Its own, as on Heroku: set REDIS_TLS_VERIFY=0."),
    ("ssl", "it does not speak TLS there", "Is it redis:// instead of rediss://?"),
    ("auth", "it refused the password", "Copy REDIS_URL again, with user and password."),
    ("refused", "nobody listens there", "Compare host and port of REDIS_URL; is the server running?"),
    ("name or service", "its name leads nowhere", "Compare the host of REDIS_URL."),
    ("timeout", "it does not answer in time", "Is it reachable from this machine? With TLS only: use rediss://."),
    ("connection closed", "it hung up", "Does it want TLS? Then use rediss://."),
)


def check(parts: Services) -> Iterator[Finding]:
    client = parts.redis
    try:
        with redis_client.store_errors():
            client.ping()
            told = client.info()
    except StoreUnavailable as error:
        yield _unreachable(error.detail)
        return
    yield ok("redis", "It answers.")
    yield version(str(told.get("redis_version", "")))
    yield _tls(parts.settings)
    yield _eviction(told)
    yield from _persistence(client, told)
    yield _writable(client)
    yield _records(parts)


def version(text: str) -> Finding:
    """Whether a server of this version knows the commands we send."""
    numbers = tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        return fail("redis.version", f"Redis {text} is too old.", "Use Redis 6.2 or newer, or Valkey.")
    return ok("redis.version", f"Redis {text}.")


def _unreachable(detail: str) -> Finding:
    for word, says, todo in REASONS:
        if word in detail.lower():
            return fail("redis", f"Redis cannot be used: {says}.", todo)
    return fail("redis", f"Redis cannot be used: {detail}", "Compare REDIS_URL with what your host shows.")


def _tls(settings: Settings) -> Finding:
    url = settings.redis_url
    if not url.startswith("rediss"):
        if all(is_loopback(urlsplit(f"//{host}").hostname) for host in urlsplit(url).netloc.split("@")[-1].split(",")):
            return ok("redis.tls", "On this machine, without TLS.")
        return warn(
            "redis.tls", "Nothing encrypts the way to Redis.", "Use rediss:// unless that network is yours alone."
        )
    if not settings.redis_tls_verify:
        return ok("redis.tls", "Encrypted; its certificate is not checked (REDIS_TLS_VERIFY=0).")
    return ok("redis.tls", "Encrypted, its certificate checked.")


def _eviction(told: dict[str, Any]) -> Finding:
    policy = told.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        return ok("redis.eviction", "It drops nothing when it is full.")
    says = f"When it is full, Redis drops grants to make room (maxmemory-policy {policy})."
    todo = "Set maxmemory-policy to noeviction; on Heroku: heroku redis:maxmemory --policy noeviction"
    return fail("redis.eviction", says, todo) if told.get("maxmemory") else warn("redis.eviction", says, todo)


def _persistence(client: redis.Redis, told: dict[str, Any]) -> Iterator[Finding]:
    if told.get("aof_enabled"):
        yield ok("redis.persistence", "It keeps an append-only file.")
        return
    try:
        saves = cast("dict[str, str]", client.config_get("save")).get("save")
    except redis.RedisError:
        return  # A host that lets nobody ask looks after it itself.
    if not saves:
        yield warn(
            "redis.persistence",
            "It writes nothing to disk: after a restart everybody connects again.",
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
        todo = "Give it more memory." if full else "Let REDIS_URL name a server that may be written to."
        return fail("redis.writable", f"Redis takes nothing in: {why}.", todo)
    return ok("redis.writable", "It can be written to.")


def _records(parts: Services) -> Finding:
    """Whether our keys open what is kept."""
    try:
        names = redis_client.scan_keys(parts.redis, TOKENS.name)
        sealed_by = [parts.key_ring.key_id(sealed) for _, sealed in redis_client.load_many(parts.redis, names[:SAMPLE])]
    except StoreUnavailable as error:
        return fail(
            "keys.records",
            f"The grants could not be looked at ({error.detail}).",
            "Ask again; if it stays, give the user of REDIS_URL all commands on zoomapp:*, SCAN included.",
        )
    newest, *_ = parts.key_ring.ids
    unknown = sorted({each or "none of ours" for each in sealed_by if each not in parts.key_ring.ids})
    if unknown:
        return fail(
            "keys.records",
            f"Some grants are sealed under keys that are not in TOKEN_ENCRYPTION_KEYS: {', '.join(unknown)}.",
            "Put the old key back, last in the list; else these people connect again.",
        )
    if any(each != newest for each in sealed_by):
        return warn("keys.records", "Some grants are sealed under an older key.", "Run: flask tokens rotate")
    looked_at = "all" if len(sealed_by) == len(names) else f"{len(sealed_by):,}"
    return ok(
        "keys.records", f"{len(names):,} grants are kept; {looked_at} looked at, under the newest key ({newest})."
    )
