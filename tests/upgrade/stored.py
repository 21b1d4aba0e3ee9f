"""Redis records as they are stored: dumped, loaded and decrypted without any code of the app."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import redis
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.upgrade.stage import TOKEN_KEY

#: A record that is shorter-lived than this lives this long when a test loads it.
LEAST_MILLISECONDS = 60_000


@dataclass(frozen=True)
class StoredKey:
    """One Redis key. ``content`` has base64 text where Redis has bytes. ``ttl_ms`` is -1 without an end."""

    name: str
    kind: str
    type: str
    ttl_ms: int
    captured_at: float
    content: Any


def kind_of(name: str) -> str:
    """The kind of record that a key's name tells: ``zoomapp:{tag}:session:digest`` is a ``session``."""
    found = re.fullmatch(r"zoomapp:\{([^}]*)\}:(.+)", name)
    if not found:
        return name.split(":")[1]
    tag, rest = found[1], found[2].split(":")
    if tag in ("events", "limits"):
        return f"{tag}:{rest[0]}"
    if rest[0] == "snapshot":
        return ":".join(["snapshot", *rest[1:2], *(["viewer"] if rest[2:] else [])])
    return rest[0]


def dump(client: redis.Redis, captured_at: float) -> list[StoredKey]:
    """Every key of the app."""
    found = []
    for raw in sorted(client.scan_iter("zoomapp:*")):
        name, kind = raw.decode(), client.type(raw).decode()
        content = _read(client, raw, kind)
        if content is not None:
            found.append(StoredKey(name, kind_of(name), kind, client.pttl(raw), captured_at, content))
    return found


def load(client: redis.Redis, keys: Iterable[StoredKey]) -> None:
    """Put these keys into Redis as they were."""
    for key in keys:
        _write(client, key)
        if key.ttl_ms >= 0:
            client.pexpire(key.name, max(key.ttl_ms, LEAST_MILLISECONDS))


def to_json(keys: Iterable[StoredKey]) -> list[dict[str, Any]]:
    return [asdict(key) for key in keys]


def from_json(found: list[dict[str, Any]]) -> list[StoredKey]:
    return [StoredKey(**each) for each in found]


def values_of(key: StoredKey) -> list[bytes]:
    """The stored values of a key: one for a string, all fields' for a hash."""
    if key.type == "string":
        return [base64.b64decode(key.content)]
    if key.type == "zset":
        return [base64.b64decode(member) for member in key.content]
    values = key.content.values() if key.type == "hash" else key.content
    return [base64.b64decode(value) for value in values]


def decrypted(key: StoredKey, value: bytes, owner: str | None = None) -> bytes:
    """What a sealed value holds: version 1, key id, nonce, AES-256-GCM, kind and owner as associated data."""
    assert value[:1] == b"\x01"
    assert value[1:5] == hashlib.sha256(b"key id:" + TOKEN_KEY).digest()[:4]
    kind = key.kind.partition(":")[0]
    about = f"{len(kind)}:{kind}:{key.name if owner is None else owner}".encode()
    return AESGCM(TOKEN_KEY).decrypt(value[5:17], value[17:], about)


def _read(client: redis.Redis, name: bytes, kind: str) -> Any:
    if kind == "none":  # a lease that has ended meanwhile
        return None
    if kind == "string":
        value = client.get(name)
        return None if value is None else _text(value)
    if kind == "hash":
        return {field.decode(): _text(value) for field, value in sorted(client.hgetall(name).items())}
    if kind == "set":
        return sorted(_text(value) for value in client.smembers(name))
    if kind == "zset":
        return {_text(member): score for member, score in sorted(client.zrange(name, 0, -1, withscores=True))}
    assert kind == "list", f"{name!r} is a {kind}: teach this module to read it"
    return [_text(value) for value in client.lrange(name, 0, -1)]


def _write(client: redis.Redis, key: StoredKey) -> None:
    client.delete(key.name)
    if key.type == "string":
        client.set(key.name, base64.b64decode(key.content))
    elif key.type == "hash":
        client.hset(key.name, mapping={field: base64.b64decode(value) for field, value in key.content.items()})
    elif key.type == "set":
        client.sadd(key.name, *values_of(key))
    elif key.type == "zset":
        client.zadd(key.name, {base64.b64decode(member): score for member, score in key.content.items()})
    else:
        client.rpush(key.name, *values_of(key))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
