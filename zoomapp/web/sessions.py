"""The browser session: Flask-Session on Redis, repaired where its version 0.8 breaks our promises.

It holds a user id and a few preferences, never a token. What differs from the stock interface:
the content is sealed, and what does not open is no session (stock falls back to pickle); the cookie is set and deleted
with the same attributes, ``Partitioned`` included; nothing is written that did not change, and a session that was ended
meanwhile stays ended; static files and the health check cost Redis nothing; Redis being gone is not an error of every
page, but of those that need to know who asks.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
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
from zoomapp.store.encrypted_records import ANSWERS_VERSION, SESSION, TOKENS, EncryptedRecords
from zoomapp.store.encryption import KeyRing
from zoomapp.zoom.request_target import PREFIX

log = logging.getLogger(__name__)

#: How long a session lives in which nobody signed in: longer than a sign-in takes. Use renews it.
VISITOR_SECONDS = 900
#: Where in the environ lies what was read, for whoever asks again.
READ = "zoomapp.session"
#: These never ask who is there.
UNASKED = ("/static/", FRONTEND_PATH, "/hello", "/healthz", "/readyz", "/metrics")


class Session(RedisSession):
    """``stored``: it was read from Redis. ``unknown``: Redis could not be asked, so nobody knows who this is.

    ``ended``: the person signed out; the browser loses its cookie, whatever becomes of the record.

    ``tokens``: the user's sealed token record, ``version``: that of the user's kept answers; both only where they were
    read along with the session.
    """

    stored = False
    unknown = False
    ended = False
    tokens: bytes | None = None
    version: bytes = b""

    def user(self) -> str | None:
        """The signed-in person's Zoom user id, or None. Raises StoreUnavailable when nobody can tell."""
        if self.unknown:
            raise StoreUnavailable("the session could not be read")
        user_id: str | None = self.get("user_id")
        return user_id


class EncryptedSessions(RedisSessionInterface):
    session_class = Session

    def __init__(self, app: Flask, client: redis.Redis, ring: KeyRing) -> None:
        # Past RedisSessionInterface's own, which takes only one class of client and would not know a cluster's.
        ServerSideSessionInterface.__init__(self, app, permanent=True)
        self.client = client
        self._encrypted = EncryptedRecords(ring)
        self._cookie_name = self.get_cookie_name(app)
        self._lifetime_seconds = int(timedelta(seconds=app.config["PERMANENT_SESSION_LIFETIME"]).total_seconds())

    def open_session(self, app: Flask, request: Request) -> Session:
        return self.of(request.path, request.environ)

    def of(self, path: str, environ: dict[str, Any]) -> Session:
        """The session this request came with; read once, whoever asks."""
        if READ not in environ:
            environ[READ] = self._open(_cookie(environ.get("HTTP_COOKIE", ""), self._cookie_name), path)
        session: Session = environ[READ]
        return session

    def _open(self, cookie: str, path: str) -> Session:
        if not cookie or path.startswith(UNASKED):
            return self._new()
        try:
            data, tokens, version = self._read(cookie, path)
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
        # The rest of the life is renewed by writing, at most once per half of it.
        session.modified = time.time() - data.get("at", 0) > self._seconds(data) / 2
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
        """How long a session with this content lives, here and in the browser."""
        return self._lifetime_seconds if "user_id" in content else min(VISITOR_SECONDS, self._lifetime_seconds)

    def regenerate(self, session: Session) -> None:
        """A new id for a session whose user changed; the old id is worth nothing from here on."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(self.sid_length, session.get("user_id"))
        session.stored = False
        session.modified = True

    def _new(self) -> Session:
        return self.session_class(sid=self._generate_sid(self.sid_length))

    def _generate_sid(self, session_id_length: int, user_id: str | None = None) -> str:
        """The user's tag (random for nobody) and a secret: the tag leads to the slot of the user's own keys."""
        tag = key_names.tag(user_id) if user_id else secrets.token_urlsafe(16)
        return f"{tag}.{secrets.token_urlsafe(session_id_length)}"

    def _get_store_id(self, sid: str) -> str:
        """The key holds a digest: who can read Redis cannot make a cookie of it."""
        return _keys(sid)[0]

    def _read(self, sid: str, path: str) -> tuple[dict[str, Any] | None, bytes | None, bytes | None]:
        """The session; for the proxy, in the same trip, also the tokens and the version it is going to ask for."""
        store_id, *besides = _keys(sid)
        if not path.startswith(PREFIX):
            return self._retrieve_session_data(store_id), None, None
        sealed, tokens, version = redis_client.load_together(self.client, store_id, *besides)
        return self._opened(store_id, sealed), tokens, version

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        return self._opened(store_id, redis_client.load(self.client, store_id))

    def _opened(self, store_id: str, sealed: bytes | None) -> dict[str, Any] | None:
        return self._encrypted.decode(SESSION, store_id, sealed, dict[str, Any])

    def _delete_session(self, store_id: str) -> None:
        with redis_client.store_errors():
            self.client.delete(store_id)

    def _write(self, session: Session, content: dict[str, Any]) -> bool:
        """Whether it was written: a session we read and somebody ended meanwhile does not come back to life."""
        store_id = self._get_store_id(session.sid)
        encrypted = self._encrypted.encode(SESSION, store_id, {**content, "at": int(time.time())})
        with redis_client.store_errors():
            written = self.client.set(store_id, encrypted, ex=self._seconds(content), xx=session.stored)
            if written and not session.stored and "user_id" in content:
                user_keys.add_user_key(self.client, content["user_id"], store_id)
        return bool(written)

    def _send_cookie(self, app: Flask, response: Response, value: str, seconds: int) -> None:
        """Set the cookie, or with no seconds delete it: browsers obey only if all attributes are the same."""
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


# What follows from a cookie alone is worked out once, not with each call.


@lru_cache(maxsize=512)
def _cookie(header: str, name: str) -> str:
    return parse_cookie(header).get(name, "")


@lru_cache(maxsize=512)
def _keys(sid: str) -> tuple[str, str, str]:
    """Where this session lies, and its user's tokens and version of kept answers."""
    tag, _, secret = sid[:200].partition(".")
    tag = key_names.clean(tag)
    return (
        key_names.tagged(tag, SESSION.name, key_names.digest(secret)),
        key_names.tagged(tag, TOKENS.name),
        key_names.tagged(tag, ANSWERS_VERSION.name),
    )
