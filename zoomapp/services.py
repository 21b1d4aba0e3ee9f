"""The object graph: every part of the app, built once. Nothing here belongs to one request."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
import requests
from requests.adapters import BaseAdapter

from zoomapp.attendance import webhook_log
from zoomapp.attendance.client_reports import ClientReports
from zoomapp.attendance.shared_counts import SharedCounts
from zoomapp.attendance.sharing import SharedMeetings
from zoomapp.attendance.webhook_log import WebhookLog
from zoomapp.auth import profiles
from zoomapp.auth.pending_signins import PendingSignIns
from zoomapp.auth.repeated_signins import RepeatedSignIns
from zoomapp.auth.signin import SignIn
from zoomapp.auth.used_contexts import UsedContexts
from zoomapp.config import Settings
from zoomapp.store import redis_connect
from zoomapp.store.call_log import CallLog
from zoomapp.store.encryption import KeyRing
from zoomapp.store.one_time_links import OneTimeLinks
from zoomapp.store.user_records import UserRecords
from zoomapp.tokens.account_tokens import AccountTokens
from zoomapp.tokens.service import TokenService
from zoomapp.tokens.store import RedisTokenStore, TokenStore
from zoomapp.user_api import answer_store
from zoomapp.user_api.account_client import AccountClient
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.user_api.exhausted_quotas import OFFLINE_PROBE_SECONDS, PROBE_SECONDS, ExhaustedQuotas
from zoomapp.user_api.fair_pool import FairPool
from zoomapp.user_api.limited_client import LimitedClient
from zoomapp.user_api.page_cache import PageCaches
from zoomapp.user_api.parallel_calls import ParallelCalls
from zoomapp.user_api.quota_guard import QuotaGuard
from zoomapp.user_api.refused_endpoints import RefusedEndpoints
from zoomapp.user_api.response_cache import ResponseCache
from zoomapp.user_api.shared_poll import SharedPolls
from zoomapp.user_api.user_client import UserClient
from zoomapp.webhooks import deauthorization
from zoomapp.webhooks.arrivals import WebhookArrivals
from zoomapp.webhooks.deauthorization import Deauthorization
from zoomapp.webhooks.queue import WebhookQueue
from zoomapp.webhooks.subscriptions import Subscriptions
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.chatbot import Chatbot
from zoomapp.zoom.client import ZoomClient
from zoomapp.zoom.oauth import ZoomOAuth
from zoomapp.zoom.urllib3_transport import Urllib3Transport

#: The batch pool of one process: a batch may not use more of Zoom's connections than a handful of people would.
BATCH_PLACES = 8
#: The places of one person, however many batches they send.
BATCH_PLACES_PER_PERSON = BATCH_PLACES // 4
#: How long a batch waits for its first place before it gets 503.
BATCH_START_SECONDS = 2.0

#: The webhook events that the app handles.
KNOWN_EVENTS = frozenset({deauthorization.EVENT, *webhook_log.EVENTS, *answer_store.EVENTS})


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts of one app. A test replaces a part by building with another, never by patching."""

    settings: Settings
    clock: Callable[[], float]
    redis: redis.Redis
    key_ring: KeyRing
    oauth: ZoomOAuth
    client: ZoomClient
    chatbot: Chatbot
    tokens: TokenService
    pending_signins: PendingSignIns
    signin: SignIn
    used_contexts: UsedContexts
    user_records: UserRecords
    one_time_links: OneTimeLinks
    call_log: CallLog
    answers: AnswerStore
    response_cache: ResponseCache
    parallel_calls: ParallelCalls
    page_caches: PageCaches
    shared_polls: SharedPolls
    quota_guard: QuotaGuard
    refused_endpoints: RefusedEndpoints
    account_tokens: AccountTokens | None
    account_client: AccountClient | None
    batch_pool: FairPool
    webhook_log: WebhookLog
    shared_meetings: SharedMeetings
    shared_counts: SharedCounts
    client_reports: ClientReports
    subscriptions: Subscriptions
    webhook_queue: WebhookQueue
    webhook_arrivals: WebhookArrivals
    deauthorization: Deauthorization

    def user_client(self, user_id: str, record: bytes | None = None) -> UserClient:
        """Zoom's API as this user. ``record``: the stored token record, if it was read along with the session."""
        return UserClient(
            user_id, self.tokens, self.client, record, self.answers, self.quota_guard, self.refused_endpoints
        )

    def limited_client(self, user_id: str, max_calls: int, record: bytes | None = None) -> LimitedClient:
        """The same for a page that no person has opened yet."""
        parts = self.tokens, self.client, record, self.answers, self.quota_guard, self.refused_endpoints
        return LimitedClient(user_id, *parts, max_calls)

    def begin_work(self) -> None:
        """Called in a worker that has just started, after the fork."""
        self.webhook_queue.start_polling()

    def begin_shutdown(self) -> None:
        """Called on SIGTERM, before the server drains."""
        self.parallel_calls.close()
        self.tokens.begin_shutdown()

    @property
    def flask_config(self) -> dict[str, Any]:
        """Flask's configuration. docs/reference.md explains ``COOKIE_MODE``."""
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
    clock: Callable[[], float] | None = None,
) -> Services:
    """The parts for these settings. Opens no connection: the first request does, after the fork."""
    clock = clock or clock_of(settings)
    connection = client or redis_connect.connect(
        settings.redis_url, verify=settings.redis_tls_verify, pools=_redis_pools(settings)
    )
    key_ring = KeyRing(settings.token_encryption_keys)

    # Zoom
    session = http_session(transport or _transport(settings))
    oauth = ZoomOAuth(
        session,
        settings.zoom_host,
        settings.zoom_client_id,
        settings.zoom_client_secrets,
        settings.redirect_uri,
        clock,
    )
    hosts = ZoomHosts(settings.zoom_host, settings.zoom_api_host)
    zoom = ZoomClient(session, settings.zoom_api_host, clock, hosts)

    # Tokens and sign-in
    token_store = store or RedisTokenStore(connection, settings.grant_days)
    tokens = TokenService(token_store, key_ring, oauth, settings.refresh_margin_seconds, clock)
    pending_signins = PendingSignIns(connection, key_ring, clock)
    repeated_signins = RepeatedSignIns(connection, clock)
    user_records = UserRecords(connection, key_ring)
    signin = SignIn(
        oauth,
        zoom,
        tokens,
        pending_signins,
        repeated_signins,
        settings.public_url,
        settings.in_client_redirect,
        (lambda user: profiles.save(user_records, user.id, user)) if settings.prefetches else None,
    )

    # Zoom's API as one user
    answers = AnswerStore(connection, key_ring, clock)
    parallel_calls = ParallelCalls()
    page_caches = PageCaches(answers, parallel_calls, clock, settings.page_cache_seconds)
    start_poll = parallel_calls.start_in_background if settings.page_cache_seconds else None
    shared_polls = SharedPolls(connection, key_ring, clock, start_poll)
    quotas = ExhaustedQuotas(connection, clock, OFFLINE_PROBE_SECONDS if settings.clock_offset_file else PROBE_SECONDS)
    quota_guard = QuotaGuard(quotas, clock, settings.rate_limit_wait_seconds, settings.web_threads)

    # The account's own credentials, for pages only
    account_tokens = _account_tokens(settings, connection, key_ring, session, clock)
    account_client = AccountClient(account_tokens, zoom, quota_guard) if account_tokens else None

    # Webhook events
    events = WebhookLog(connection, key_ring, settings.attendance_days, clock)
    removal = Deauthorization(
        connection, tokens, lambda user_id: UserClient(user_id, tokens, zoom), settings.zoom_client_id
    )
    subscriptions = Subscriptions()
    subscriptions.subscribe(deauthorization.EVENT, removal.on_event)
    subscriptions.subscribe("meeting.", events.save)
    shared_meetings = SharedMeetings(connection, key_ring, user_records)
    subscriptions.subscribe("meeting.", shared_meetings.on_event)
    subscriptions.subscribe("meeting", answers.on_meeting_event)
    subscriptions.subscribe("recording", answers.on_meeting_event)

    return Services(
        settings=settings,
        clock=clock,
        redis=connection,
        key_ring=key_ring,
        oauth=oauth,
        client=zoom,
        chatbot=Chatbot(oauth, zoom, settings.zoom_bot_jid),
        tokens=tokens,
        pending_signins=pending_signins,
        signin=signin,
        used_contexts=UsedContexts(connection, clock),
        user_records=user_records,
        one_time_links=OneTimeLinks(connection, key_ring),
        call_log=CallLog(connection, key_ring, clock),
        answers=answers,
        response_cache=ResponseCache(answers, clock),
        parallel_calls=parallel_calls,
        page_caches=page_caches,
        shared_polls=shared_polls,
        quota_guard=quota_guard,
        refused_endpoints=RefusedEndpoints(connection, clock),
        account_tokens=account_tokens,
        account_client=account_client,
        batch_pool=FairPool(BATCH_PLACES, BATCH_PLACES_PER_PERSON, BATCH_START_SECONDS, "batch"),
        webhook_log=events,
        shared_meetings=shared_meetings,
        shared_counts=SharedCounts(shared_meetings, events, clock),
        client_reports=ClientReports(connection, key_ring, clock),
        subscriptions=subscriptions,
        webhook_queue=WebhookQueue(connection, key_ring, subscriptions),
        webhook_arrivals=WebhookArrivals(connection, clock, KNOWN_EVENTS),
        deauthorization=removal,
    )


def _account_tokens(
    settings: Settings,
    connection: redis.Redis,
    key_ring: KeyRing,
    session: requests.Session,
    clock: Callable[[], float],
) -> AccountTokens | None:
    """The token of the account whose Server-to-Server credentials are set; None without them."""
    if not settings.zoom_account_id:
        return None
    client_id, client_secrets = settings.zoom_s2s_client_id, settings.zoom_s2s_client_secrets
    oauth = ZoomOAuth(session, settings.zoom_host, client_id, client_secrets, "", clock)
    return AccountTokens(connection, key_ring, oauth, settings.zoom_account_id, clock)


def clock_of(settings: Settings) -> Callable[[], float]:
    """The clock of this machine, or in development that of the offline Zoom, where a developer lets time pass."""
    if not settings.clock_offset_file:
        return time.time
    path = Path(settings.clock_offset_file)
    return lambda: time.time() + _offset_seconds(path)


def _offset_seconds(path: Path) -> float:
    try:
        return float(path.read_text())
    except (OSError, ValueError):
        return 0.0


def _redis_pools(settings: Settings) -> redis_connect.Pools:
    if settings.fast_path:
        from zoomapp.fastpath.redis_pool import FAST_POOLS

        return FAST_POOLS
    return redis_connect.PLAIN_POOLS


def _transport(settings: Settings) -> BaseAdapter:
    if settings.fast_path:
        from zoomapp.fastpath.http1 import Http1Transport

        return Http1Transport(settings.zoom_ca_bundle)
    return Urllib3Transport(settings.zoom_ca_bundle)


def http_session(transport: BaseAdapter) -> requests.Session:
    """The HTTP session for all calls to Zoom: no proxies or netrc from the environment, no cookies."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(_NoCookies())
    session.mount("https://", transport)
    session.mount("http://", transport)
    return session


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    """One session serves every user: a cookie that Zoom sets for one must not be sent with another's call."""

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False
