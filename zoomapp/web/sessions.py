"""Browser sessions: Flask-Session on Redis, encrypted.

A session holds a user id and a few preferences, never a token. The differences to Flask-Session 0.8:

- The content is encrypted. Content that cannot be decrypted is an empty session (Flask-Session falls back to pickle).
- The cookie is set and deleted with the same attributes, ``Partitioned`` included.
- An unchanged session is not written, and a session that was deleted meanwhile stays deleted.
- Static files and the health check read no session.
- Without Redis only those pages fail that need to know the user.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import redis
from flask import Flask, Request, Response
from flask_session.base import ServerSideSessionInterface
from flask_session.redis.redis import RedisSession, RedisSessionInterface
from werkzeug.sansio.http import parse_cookie

from zoomapp.config import FRONTEND_PATH
from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import ANSWERS_VERSION, SESSION, TOKENS
from zoomapp.store.encryption import EncryptedRecords, KeyRing

log = logging.getLogger(__name__)

#: The lifetime of a session without a user: longer than a sign-in takes. Every use renews it.
VISITOR_SECONDS = 900
#: The environ key of the session that was read.
ENVIRON_KEY = "zoomapp.session"
#: Paths that need no session.
NO_SESSION = ("/static/", FRONTEND_PATH, "/hello", "/healthz", "/readyz", "/metrics")


class Session(RedisSession):
    """A session and the state of its record.

    ``stored``: it was read from Redis. ``unknown``: Redis could not be read, so the user is unknown. ``ended``: the
    user signed out; the cookie is deleted even if the record cannot be. ``tokens`` and ``version``: the user's
    encrypted token record and the version of the caches, as they were read along with the session.
    """

    stored = False
    unknown = False
    ended = False
    tokens: bytes | None = None
    version: bytes = b""

    def user(self) -> str | None:
        """The signed-in user's Zoom user id, or None. Raises StoreUnavailable when the session could not be read."""
        if self.unknown:
            raise StoreUnavailable("the session could not be read")
        user_id: str | None = self.get("user_id")
        return user_id


class EncryptedSessions(RedisSessionInterface):
    """Flask's session interface. The proxy middleware reads sessions through ``load``."""

    session_class = Session

    def __init__(self, app: Flask, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        # Not RedisSessionInterface's constructor: it does not accept the client of a cluster.
        ServerSideSessionInterface.__init__(self, app, permanent=True)
        self.client = client
        self._encrypted = EncryptedRecords(ring)
        self._clock = clock
        self._cookie_name = self.get_cookie_name(app)
        self._lifetime_seconds = int(timedelta(seconds=app.config["PERMANENT_SESSION_LIFETIME"]).total_seconds())

    def open_session(self, app: Flask, request: Request) -> Session:
        return self.load(request.path, request.environ)

    def load(self, path: str, environ: dict[str, Any]) -> Session:
        """The session of this request, read from Redis once."""
        if ENVIRON_KEY not in environ:
            environ[ENVIRON_KEY] = self._open(_cookie(environ.get("HTTP_COOKIE", ""), self._cookie_name), path)
        session: Session = environ[ENVIRON_KEY]
        return session

    def _open(self, cookie: str, path: str) -> Session:
        if not cookie or path.startswith(NO_SESSION):
            return self._new()
        try:
            data, tokens, version = self._read(cookie)
        except StoreUnavailable as error:
            log.error("session store unavailable", extra={"detail": error.detail})
            session = self._new()
            session.unknown = True
            return session
        if data is None:
            return self._new()
        session = self.session_class(data, sid=cookie)
        session.stored = True
        session.tokens, session.version = tokens, version or b""
        # A write renews the lifetime; one write per half of it is enough.
        session.modified = self._clock() - data.get("at", 0) > self._seconds(data) / 2
        return session

    def save_session(self, app: Flask, session: Session, response: Response) -> None:
        if session.accessed:
            response.vary.add("Cookie")
        if session.ended:
            self._send_cookie(app, response, "", 0)
        if not session.modified or session.unknown:
            return
        content = {name: value for name, value in session.items() if name != "_permanent"}
        if not content:
            self._delete_session(self._get_store_id(session.sid))
        elif self._write(session, content):
            self._send_cookie(app, response, session.sid, self._seconds(content))

    def _seconds(self, content: Mapping[str, Any]) -> int:
        """The lifetime of a session with this content, in Redis and in the browser."""
        return self._lifetime_seconds if "user_id" in content else min(VISITOR_SECONDS, self._lifetime_seconds)

    def regenerate(self, session: Session) -> None:
        """Give a session whose user changed a new id, and delete the old one."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(self.sid_length, session.get("user_id"))
        session.stored = False
        session.tokens, session.version = None, b""
        session.modified = True

    def _new(self) -> Session:
        return self.session_class(sid=self._generate_sid(self.sid_length))

    def _generate_sid(self, session_id_length: int, user_id: str | None = None) -> str:
        """The user's tag (random without a user) and a secret. The tag selects the cluster slot of the user's keys."""
        tag = key_names.tag(user_id) if user_id else secrets.token_urlsafe(16)
        return f"{tag}.{secrets.token_urlsafe(session_id_length)}"

    def _get_store_id(self, sid: str) -> str:
        """The key has a digest of the secret: a reader of Redis cannot make a cookie of it."""
        return _keys(sid)[0]

    def _read(self, sid: str) -> tuple[dict[str, Any] | None, bytes | None, bytes | None]:
        """The session, the user's tokens and the version of the caches, in one round trip."""
        store_id, tokens_key, version_key = _keys(sid)
        record, tokens, version = redis_client.load_together(self.client, store_id, tokens_key, version_key)
        return self._encrypted.decode(SESSION, store_id, record, dict[str, Any]), tokens, version

    def _delete_session(self, store_id: str) -> None:
        with redis_client.store_errors():
            self.client.delete(store_id)

    def _write(self, session: Session, content: dict[str, Any]) -> bool:
        """Whether the session was written. One that was deleted since it was read is not written again."""
        store_id = self._get_store_id(session.sid)
        record = self._encrypted.encode(SESSION, store_id, {**content, "at": int(self._clock())})
        with redis_client.store_errors():
            written = self.client.set(store_id, record, ex=self._seconds(content), xx=session.stored)
            if written and not session.stored and "user_id" in content:
                user_keys.add_user_key(self.client, content["user_id"], store_id)
        return bool(written)

    def _send_cookie(self, app: Flask, response: Response, value: str, seconds: int) -> None:
        """Set the cookie, or delete it with 0 seconds. Browsers delete a cookie only if all attributes are the same."""
        response.vary.add("Cookie")
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            max_age=seconds,
            expires=None if seconds else 0,
            path="/",
            secure=bool(app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite=app.config["SESSION_COOKIE_SAMESITE"],
            partitioned=bool(app.config["SESSION_COOKIE_PARTITIONED"]),
        )


# A cookie is parsed once, not with every call.


@lru_cache(maxsize=512)
def _cookie(header: str, name: str) -> str:
    return parse_cookie(header).get(name, "")


@lru_cache(maxsize=512)
def _keys(sid: str) -> tuple[str, str, str]:
    """The Redis keys of this session, of its user's tokens and of its user's cache version."""
    tag, _, secret = sid[:200].partition(".")
    tag = key_names.clean(tag)
    return (
        key_names.tagged(tag, SESSION.name, key_names.digest(secret)),
        key_names.tagged(tag, TOKENS.name),
        key_names.tagged(tag, ANSWERS_VERSION.name),
    )
