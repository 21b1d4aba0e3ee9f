"""Measures the memory of a connected user in Redis: `.venv/bin/python -m tests.sizing`.

It stores with the app's own classes a grant with tokens as long as Zoom's, a session, and the list that names it.
"""

import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from devtools.processes import Group
from tests.support.redis_process import RedisProcess
from zoomapp import create_app, services
from zoomapp.config import Settings
from zoomapp.store import redis_connect
from zoomapp.store.encryption import KeyRing
from zoomapp.store.key_rotation import KeyRotation
from zoomapp.zoom.oauth import TokenSet

#: Zoom's tokens are signed JSON of about this length.
TOKEN_CHARACTERS = 700
SCOPES = " ".join(f"meeting:read:something_{number}" for number in range(12))


@dataclass(frozen=True)
class Size:
    users: int
    bytes_per_user: int
    keys_per_user: float


def measure(redis: RedisProcess, users: int) -> Size:
    """Redis' own memory before and after, shared among ``users``."""
    parts = services.build(
        Settings(
            zoom_client_id="id",
            zoom_client_secret="secret",
            public_url="http://localhost",
            secret_key="k" * 32,
            token_encryption_keys=(bytes(32),),
            redis_url=redis.url,
            log_level="WARNING",
        )
    )
    sessions = create_app(parts).session_interface
    with redis.client() as client:
        before = client.info("memory")["used_memory"]
        for number in range(users):
            _connect(parts, sessions, f"user-{number}-{secrets.token_urlsafe(10)}")
        used = client.info("memory")["used_memory"] - before
        return Size(users, used // users, client.dbsize() / users)


def _connect(parts, sessions, user_id: str) -> None:
    access, refresh = (secrets.token_urlsafe(TOKEN_CHARACTERS * 3 // 4) for _ in range(2))
    parts.tokens.save(user_id, TokenSet(user_id, access, refresh, 2e9, 1.9e9, SCOPES, granted_at=1.9e9))
    session = sessions.session_class({"user_id": user_id}, sid=sessions._generate_sid(32, user_id))
    sessions._write(session, dict(session))


def rotated_per_second(redis: RedisProcess) -> float:
    """Records of these users that are encrypted again per second."""
    began = time.perf_counter()
    done = KeyRotation(
        redis_connect.connect(redis.url), KeyRing((b"a newer key of 32 bytes, random!", bytes(32)))
    ).run()
    assert done.complete and done.reencrypted == done.found
    return done.seen / (time.perf_counter() - began)


def main(users: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Group(Path(folder) / "logs") as group:
        redis = RedisProcess(group, Path(folder)).start()
        size, rate = measure(redis, users), rotated_per_second(redis)
    print(f"{size.users} users: {size.bytes_per_user} bytes and {size.keys_per_user:.1f} keys each in Redis;", end=" ")
    print(f"1 million users: {size.bytes_per_user / 1000:.1f} GB. Encrypted again: {rate:.0f} records a second.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
