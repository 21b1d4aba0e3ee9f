"""What an app is made of, built once: the object graph, and nothing that belongs to one request."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
import requests
from requests.adapters import BaseAdapter

from zoomapp.attendance.client_reports import ClientReports
from zoomapp.attendance.webhook_log import WebhookLog
from zoomapp.auth.pending_signins import PendingSignIns
from zoomapp.auth.signin import SignIn
from zoomapp.config import Settings
from zoomapp.store import redis_client
from zoomapp.store.call_log import CallLog
from zoomapp.store.encryption import KeyRing
from zoomapp.tokens.service import TokenService
from zoomapp.tokens.store import RedisTokenStore, TokenStore
from zoomapp.user_api.exhausted_quotas import ExhaustedQuotas
from zoomapp.user_api.quota_guard import QuotaGuard
from zoomapp.user_api.refused_endpoints import RefusedEndpoints
from zoomapp.user_api.response_cache import ResponseCache
from zoomapp.user_api.shared_poll import SharedPolls
from zoomapp.user_api.user_client import UserClient
from zoomapp.webhooks.queue import WebhookQueue
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.chatbot import Chatbot
from zoomapp.zoom.client import ZoomClient
from zoomapp.zoom.oauth import ZoomOAuth
from zoomapp.zoom.transport import ExactTargetAdapter


@dataclass(frozen=True)
class Services:
    """The parts. A test swaps one by building with another, never by patching."""

    settings: Settings
    redis: redis.Redis
    key_ring: KeyRing
    oauth: ZoomOAuth
    client: ZoomClient
    tokens: TokenService
    pending_signins: PendingSignIns
    signin: SignIn
    webhook_queue: WebhookQueue
    webhook_log: WebhookLog
    shared_polls: SharedPolls
    client_reports: ClientReports
    call_log: CallLog
    response_cache: ResponseCache
    quota_guard: QuotaGuard
    refused_endpoints: RefusedEndpoints
    chatbot: Chatbot
    clock: Callable[[], float]

    def user_client(self, user_id: str, record: bytes | None = None) -> UserClient:
        return UserClient(
            user_id, self.tokens, self.client, record, self.response_cache, self.quota_guard, self.refused_endpoints
        )

    def begin_work(self) -> None:
        """Called in a worker that has just started, after the fork."""
        self.webhook_queue.watch()

    def begin_shutdown(self) -> None:
        """Called on SIGTERM, before the server drains."""
        self.tokens.begin_shutdown()

    @property
    def flask_config(self) -> dict[str, Any]:
        """How Flask is set up. The cookie: see ``COOKIE_MODE`` in the README."""
        partitioned = self.settings.cookie_mode == "partitioned"
        secure = self.settings.secure or partitioned
        return {
            "SECRET_KEY": self.settings.secret_key,
            "SESSION_COOKIE_NAME": "__Host-zoomapp" if secure else "zoomapp",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_SAMESITE": "None" if partitioned else "Lax",
            "SESSION_COOKIE_PARTITIONED": partitioned,
            "SESSION_REFRESH_EACH_REQUEST": False,
            "PERMANENT_SESSION_LIFETIME": self.settings.session_days * 86400,
            "MAX_CONTENT_LENGTH": 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 256 * 1024,
            "TEMPLATES_AUTO_RELOAD": False,
        }


def build(
    settings: Settings,
    *,
    store: TokenStore | None = None,
    client: redis.Redis | None = None,
    transport: BaseAdapter | None = None,
    clock: Callable[[], float] = time.time,
) -> Services:
    """The parts for these settings. Opens no connection: that is for the first request, after a fork."""
    connection = client or redis_client.connect(settings.redis_url, verify=settings.redis_tls_verify)
    ring = KeyRing(settings.token_encryption_keys)
    session = http_session(transport or ExactTargetAdapter(settings.zoom_ca_bundle))
    oauth = ZoomOAuth(
        session,
        settings.zoom_host,
        settings.zoom_client_id,
        settings.zoom_client_secret,
        settings.redirect_uri,
        clock,
    )
    hosts = ZoomHosts(settings.zoom_host, settings.zoom_api_host)
    zoom = ZoomClient(session, settings.zoom_api_host, clock, hosts)
    kept = store or RedisTokenStore(connection, settings.grant_days)
    tokens = TokenService(kept, ring, oauth, settings.refresh_margin_seconds, clock)
    begun = PendingSignIns(connection, ring, clock)
    signin = SignIn(oauth, zoom, tokens, begun, settings.public_url, settings.in_client_redirect)
    events = WebhookQueue(connection, ring, tokens, lambda who: UserClient(who, tokens, zoom), settings.zoom_client_id)
    rooms = WebhookLog(connection, ring, settings.attendance_days, clock)
    events.handlers["meeting."] = rooms.hear
    snapshots = SharedPolls(connection, ring, clock)
    answers = ResponseCache(connection, ring, clock)
    exhausted_quotas = ExhaustedQuotas(connection, clock)
    governor = QuotaGuard(exhausted_quotas, clock, settings.rate_limit_wait_seconds, settings.web_threads)
    events.handlers["meeting"] = answers.hear
    sightings = ClientReports(connection, ring, clock)
    calls = CallLog(connection, ring)
    chatbot = Chatbot(oauth, zoom, settings.zoom_bot_jid)
    return Services(
        settings,
        connection,
        ring,
        oauth,
        zoom,
        tokens,
        begun,
        signin,
        events,
        rooms,
        snapshots,
        sightings,
        calls,
        answers,
        governor,
        RefusedEndpoints(connection, clock),
        chatbot,
        clock,
    )


def http_session(transport: BaseAdapter) -> requests.Session:
    """One session for everything we ask of Zoom: no proxies or netrc from the environment, no cookies kept."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(_NoCookies())
    session.mount("https://", transport)
    session.mount("http://", transport)
    return session


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    """One session serves every user: a cookie Zoom sets for one must not go out with another's call."""

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False
