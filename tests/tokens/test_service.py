"""The token service: one refresh per expired token, no grant lost by the app, the newest authorization wins."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from offline_zoom.faults import Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from tests.support.people import NOON, OWN, ZOOM
from tests.support.processes import HANG_SECONDS
from zoomapp import metrics
from zoomapp.errors import (
    NotAuthorized,
    RateLimited,
    SessionExpired,
    ShuttingDown,
    StoreUnavailable,
    UpstreamError,
    UpstreamTimeout,
)
from zoomapp.services import http_session
from zoomapp.store import key_names
from zoomapp.store.encryption import KeyRing
from zoomapp.tokens.refresh import REFUSED_SECONDS
from zoomapp.tokens.service import TokenService
from zoomapp.tokens.store import MemoryTokenStore, RedisTokenStore
from zoomapp.zoom.oauth import ZoomOAuth

RING = KeyRing((bytes(range(32)),))
REFRESH = "POST /oauth/token"


class FragileStore(MemoryTokenStore):
    """A store that can stop accepting writes."""

    writes = True

    def compare_and_set(self, user_id, expected, record):
        if not self.writes:
            raise StoreUnavailable
        return super().compare_and_set(user_id, expected, record)

    def lease(self, user_id, seconds):
        if not self.writes:
            raise StoreUnavailable
        return super().lease(user_id, seconds)


@pytest.fixture
def store():
    return FragileStore()


@pytest.fixture
def oauth(world, clock):
    session = http_session(OfflineZoomAdapter(world))
    return ZoomOAuth(session, ZOOM, world.client_id, (world.client_secret,), OWN + "/api/zoomapp/auth", clock)


@pytest.fixture
def service(store, oauth, clock):
    return TokenService(store, RING, oauth, 300, clock)


@pytest.fixture
def dana_id(service, oauth, world):
    """Dana's user id. Her tokens are stored and fresh."""
    return authorize(service, oauth, world)


def authorize(service, oauth, world, name="dana"):
    code = world.issue_code(name, oauth.redirect_uri, "v" * 43)
    service.save(world.user(name).id, oauth.exchange(code, "v" * 43, oauth.redirect_uri))
    world.calls.clear()
    return world.user(name).id


def another_worker(service, store, oauth, clock):
    """The same store, another process: no flight in common."""
    return TokenService(store, RING, oauth, 300, clock)


def landed():
    """Every renewal that is under way has ended."""
    for thread in threading.enumerate():
        if thread.name in ("single-flight", "unsaved-tokens"):
            thread.join(HANG_SECONDS)


def test_a_fresh_token_is_not_refreshed(service, dana_id, world):
    assert service.access_token(dana_id) == service.access_token(dana_id)
    assert world.calls.count(REFRESH) == 0


def test_an_expired_token_is_refreshed_first(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600)

    assert service.access_token(dana_id) != before
    assert world.calls.count(REFRESH) == 1


def test_a_token_near_its_end_is_refreshed_in_the_background(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600 - 200)

    assert service.access_token(dana_id) == before
    landed()
    assert service.access_token(dana_id) != before
    assert world.calls.count(REFRESH) == 1


def test_the_margin_is_at_most_a_tenth_of_the_lifetime(store, oauth, clock, world):
    world.switches.access_lifetime = 100
    service = TokenService(store, RING, oauth, 300, clock)
    dana_id = authorize(service, oauth, world)
    clock.tick(80)

    service.access_token(dana_id)

    landed()
    assert world.calls.count(REFRESH) == 0


def test_a_failed_early_refresh_leaves_the_old_token_in_use(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600 - 200)
    world.faults.append(Fault(REFRESH, 500))

    for _ in range(5):
        assert service.access_token(dana_id) == before
        landed()

    assert world.calls.count(REFRESH) == 1


def test_many_threads_with_an_expired_token_make_one_refresh(service, dana_id, clock, world):
    clock.tick(3600)

    with ThreadPoolExecutor(32) as pool:
        tokens = set(pool.map(lambda _: service.access_token(dana_id), range(64)))

    assert len(tokens) == 1
    assert world.calls.count(REFRESH) == 1


def test_two_workers_with_an_expired_token_make_one_refresh(service, store, oauth, dana_id, clock, world):
    other = another_worker(service, store, oauth, clock)
    clock.tick(3600)

    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(lambda n: (service, other)[n % 2].access_token(dana_id), range(32)))

    assert len(tokens) == 1
    assert world.calls.count(REFRESH) == 1


def test_a_late_worker_uses_the_token_of_another_worker(service, store, oauth, dana_id, clock, world):
    rejected = service.access_token(dana_id)
    token = another_worker(service, store, oauth, clock).refresh(dana_id, rejected=rejected)

    assert service.refresh(dana_id, rejected=rejected) == token
    assert world.calls.count(REFRESH) == 1


def test_a_token_rejected_during_the_refresh_of_an_older_one_is_refreshed_too(
    service, store, oauth, dana_id, clock, world
):
    other = another_worker(service, store, oauth, clock)
    oldest, waits, take = service.access_token(dana_id), threading.Event(), store.leases.take

    def taken(*_):
        waits.set()
        return False

    store.leases.take = taken
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(service.refresh, dana_id, rejected=oldest)
        waits.wait(HANG_SECONDS)
        store.leases.take = take
        older = other.refresh(dana_id, rejected=oldest)

        newest = service.refresh(dana_id, rejected=older)

    assert newest not in (oldest, older)
    assert waiting.result() in (older, newest)
    assert world.calls.count(REFRESH) == 2


def test_the_record_is_checked_again_under_the_lease(service, store, oauth, dana_id, clock, world):
    rejected = service.access_token(dana_id)
    other = another_worker(service, store, oauth, clock)
    take = store.leases.take

    def take_after_another_worker(*arguments):
        store.leases.take = take
        other.refresh(dana_id, rejected=rejected)
        return take(*arguments)

    store.leases.take = take_after_another_worker

    assert service.refresh(dana_id, rejected=rejected) == other.access_token(dana_id)
    assert world.calls.count(REFRESH) == 1


def test_the_lease_of_a_dead_worker_expires(service, store, dana_id, clock):
    store.lease(dana_id, 0.2).take()
    clock.tick(3600)

    assert service.access_token(dana_id)


def test_the_lease_is_extended_while_zoom_is_slow(service, store, oauth, dana_id, clock, world, monkeypatch):
    monkeypatch.setattr("zoomapp.tokens.refresh.LEASE_SECONDS", 1.5)
    world.sleep = threading.Event().wait
    world.faults.append(Fault(REFRESH, delay=2.0))
    other = another_worker(service, store, oauth, clock)
    clock.tick(3600)

    with ThreadPoolExecutor(2) as pool:
        tokens = set(pool.map(lambda each: each.access_token(dana_id), [service, other]))

    assert len(tokens) == 1
    assert world.calls.count(REFRESH) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(REFRESH, 500, body={"reason": "Internal error", "error": "server_error"}), UpstreamError),
        (Fault(REFRESH, 502, {"Content-Type": "text/html"}, "<html>"), UpstreamError),
        (
            Fault(REFRESH, 401, body={"reason": "Invalid client_id or client_secret", "error": "invalid_client"}),
            UpstreamError,
        ),
        (Fault(REFRESH, 408, body={"reason": "Request Timeout", "error": "invalid_request"}), UpstreamError),
        (Fault(REFRESH, 400, {"Content-Type": "text/html"}, "<html>"), UpstreamError),
        (Fault(REFRESH, 401, body="401"), UpstreamError),
        (Fault(REFRESH, 200, body=[]), UpstreamError),
        (Fault(REFRESH, 200, body={"access_token": None}), UpstreamError),
        (Fault(REFRESH, 429, {"Retry-After": "7"}), RateLimited),
        (Fault(REFRESH, drop="before"), UpstreamError),
    ],
)
def test_every_other_failure_than_invalid_grant_is_an_outage(service, dana_id, clock, world, fault, error):
    clock.tick(3600)
    world.faults.append(fault)

    with pytest.raises(error):
        service.access_token(dana_id)

    world.faults.clear()
    service.store.save_failure(dana_id, "", 1)
    assert service.access_token(dana_id)


REFUSALS = [
    (400, {"reason": "The app has been disabled by the account admin.", "error": "invalid_request"}),
    (400, {"reason": "Bad Request", "error": "unauthorized_client"}),
    (401, {"reason": "Redirect URI mismatch.", "error": "invalid_request"}),
    (403, {"errorCode": 300, "errorMessage": "Forbidden"}),
    (404, {}),
]


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_refusal_that_does_not_end_the_grant_is_not_retried_for_five_minutes(
    parts, oauth, clock, world, status, body
):
    store = RedisTokenStore(parts.redis)
    service, other = (TokenService(store, RING, oauth, 300, clock) for _ in range(2))
    dana_id = authorize(service, oauth, world)
    clock.tick(3600)
    record = store.load(dana_id)
    world.faults.append(Fault(REFRESH, status, body=body))

    for worker in (service, other, service):
        with pytest.raises(SessionExpired):
            worker.access_token(dana_id)

    assert world.calls.count(REFRESH) == 1
    assert store.load(dana_id) == record
    assert (
        REFUSED_SECONDS - 5 < parts.redis.pttl(key_names.of_user(dana_id, "failure")) / 1000 <= REFUSED_SECONDS == 300
    )
    world.faults.clear()
    store.save_failure(dana_id, "", 1)
    assert other.access_token(dana_id)


def test_a_refused_early_refresh_leaves_the_old_token_in_use(service, dana_id, clock, world):
    token = service.access_token(dana_id)
    clock.tick(3350)
    world.faults.append(Fault(REFRESH, 400, body={"error": "invalid_request"}))

    for _ in range(3):
        assert service.access_token(dana_id) == token
        landed()

    assert world.calls.count(REFRESH) == 1


def test_an_earlier_refusal_does_not_block_a_new_authorization(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 400, body={"error": "invalid_request"}, count=1))
    with pytest.raises(SessionExpired):
        service.access_token(dana_id)

    authorize(service, oauth, world)
    clock.tick(3600)

    assert service.access_token(dana_id)


def test_wrong_client_credentials_are_logged(service, dana_id, clock, world, caplog):
    clock.tick(3600)
    world.faults.add("wrong-client")

    with pytest.raises(UpstreamError):
        service.access_token(dana_id)

    assert "the app's credentials are wrong" in caplog.text


def test_a_token_endpoint_that_does_not_answer_is_a_timeout(service, dana_id, clock, world):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, delay=60))

    with pytest.raises(UpstreamTimeout):
        service.access_token(dana_id)


def test_a_failure_is_shared_with_all_workers(service, store, oauth, dana_id, clock, world, monkeypatch):
    monkeypatch.setattr("zoomapp.tokens.refresh.FAILURE_SECONDS", 60)
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 500))

    for worker in (service, another_worker(service, store, oauth, clock), service):
        with pytest.raises(UpstreamError):
            worker.access_token(dana_id)

    assert world.calls.count(REFRESH) == 1


@pytest.mark.parametrize(("wait", "shared_wait"), [(7, 7), (86400, 60)])
def test_all_workers_wait_as_long_as_zoom_asks(parts, oauth, clock, world, wait, shared_wait):
    store = RedisTokenStore(parts.redis)
    service, other = (TokenService(store, RING, oauth, 300, clock) for _ in range(2))
    dana_id = authorize(service, oauth, world)
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 429, {"Retry-After": str(wait)}))

    for worker in (service, other, other):
        with pytest.raises(RateLimited) as raised:
            worker.access_token(dana_id)
        assert raised.value.retry_after == wait
        wait -= 2
        clock.tick(2)

    assert world.calls.count(REFRESH) == 1
    assert shared_wait - 5 < parts.redis.pttl(key_names.of_user(dana_id, "failure")) / 1000 <= shared_wait


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(
    "body",
    [{"reason": "Invalid Token!", "error": "invalid_grant"}, {"reason": "Invalid Token!", "error": "invalid_request"}],
)
def test_invalid_grant_ends_the_grant_with_any_status(service, dana_id, clock, world, status, body):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, status, body=body))

    for _ in range(3):
        with pytest.raises(SessionExpired):
            service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 1


def test_an_authorization_replaces_an_ended_grant(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    world.faults.add("refused-refresh")
    with pytest.raises(SessionExpired):
        service.access_token(dana_id)

    authorize(service, oauth, world)

    assert service.access_token(dana_id)


def test_invalid_grant_does_not_end_a_grant_that_another_worker_refreshed(service, store, oauth, dana_id, clock, world):
    clock.tick(3600)
    record, rejected = store.load(dana_id), service.load(dana_id).access_token
    newer = another_worker(service, store, oauth, clock).access_token(dana_id)

    class Stale(FragileStore):
        """Reads what was there before the other worker wrote, before and after it takes the lease."""

        stale_reads = 2

        def load(self, user_id):
            self.stale_reads -= 1
            return record if self.stale_reads >= 0 else store.load(user_id)

        def compare_and_set(self, user_id, expected, new):
            return store.compare_and_set(user_id, expected, new)

    behind = TokenService(Stale(), RING, oauth, 300, clock)
    assert behind.refresh(dana_id, rejected=rejected) == newer
    assert world.calls.count(REFRESH) == 2


def test_a_newer_authorization_wins_over_a_running_refresh(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    newest = {}

    def authorize_meanwhile(seconds):
        newest["token"] = authorize(service, oauth, world) and service.access_token(dana_id)

    world.sleep = authorize_meanwhile
    world.faults.append(Fault(REFRESH, hold=1, grant_type="refresh_token", count=1))

    assert service.access_token(dana_id) == newest["token"]
    assert service.load(dana_id).access_token == newest["token"]


def test_a_user_deleted_during_a_refresh_stays_deleted(service, dana_id, clock, world):
    clock.tick(3600)
    world.sleep = lambda seconds: service.delete(dana_id)
    world.faults.append(Fault(REFRESH, hold=1, count=1))

    with pytest.raises(NotAuthorized):
        service.access_token(dana_id)

    assert service.store.load(dana_id) is None
    assert world.calls.count("POST /oauth/revoke") == 1


def test_a_read_only_store_loses_no_refresh_token(service, store, dana_id, clock, world):
    clock.tick(3600)
    store.writes = False

    with pytest.raises(StoreUnavailable):
        service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 0


def test_tokens_refreshed_during_a_store_outage_are_saved_after_it(service, store, oauth, dana_id, clock, world):
    clock.tick(3600)

    def go_away(seconds):
        store.writes = False

    world.sleep = go_away
    world.faults.append(Fault(REFRESH, hold=1, count=1))

    token = service.access_token(dana_id)
    store.writes = True
    landed()

    assert service.load(dana_id).access_token == token
    assert another_worker(service, store, oauth, clock).access_token(dana_id) == token
    assert world.calls.count(REFRESH) == 1


def test_unsaved_tokens_replace_a_grant_that_another_worker_ended(service, store, oauth, dana_id, clock, world):
    class Gone:
        """A store that fails for the worker that refreshes, and works for all others."""

        away = False

        def __getattr__(self, name):
            if name == "compare_and_set" and self.away:
                raise StoreUnavailable
            return getattr(store, name)

    def go_away(seconds):
        gone.away = True

    gone = Gone()
    refreshing, other = TokenService(gone, RING, oauth, 300, clock), another_worker(service, store, oauth, clock)
    clock.tick(3600)
    world.sleep = go_away
    world.faults.append(Fault(REFRESH, hold=1, count=1))
    token = refreshing.access_token(dana_id)
    with pytest.raises(SessionExpired):
        other.access_token(dana_id)

    gone.away = False
    landed()

    assert other.access_token(dana_id) == token


def test_an_answer_without_a_refresh_token_keeps_the_old_one(service, dana_id, clock, world):
    world.switches.omit_refresh_token = True
    before = service.load(dana_id).refresh_token
    clock.tick(3600)

    service.access_token(dana_id)

    assert service.load(dana_id).refresh_token == before


def test_no_refresh_starts_after_sigterm(service, dana_id, clock, world):
    service.begin_shutdown()
    assert service.access_token(dana_id)

    clock.tick(3600)
    with pytest.raises(ShuttingDown):
        service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 0


def test_a_record_under_an_old_key_is_encrypted_again_when_it_is_read(service, store, oauth, dana_id, clock):
    ring = KeyRing((bytes(32), bytes(range(32))))

    token = TokenService(store, ring, oauth, 300, clock).access_token(dana_id)

    assert ring.is_newest(store.load(dana_id))
    assert TokenService(store, KeyRing((bytes(32),)), oauth, 300, clock).access_token(dana_id) == token


def test_a_refresh_waits_in_memory_while_the_stored_record_is_under_an_unknown_key(
    service, store, oauth, dana_id, clock, world
):
    clock.tick(3600)
    old, new = bytes(range(32)), bytes(32)
    ahead, behind_again = (TokenService(store, KeyRing(ring), oauth, 300, clock) for ring in ((new, old), (old, new)))
    world.sleep = lambda seconds: ahead.load(dana_id)
    world.faults.append(Fault(REFRESH, hold=1, count=1))

    token = service.access_token(dana_id)

    assert not RING.is_newest(store.load(dana_id))
    assert len(service.unsaved) == 1
    behind_again.load(dana_id)
    landed()
    assert service.access_token(dana_id) == token
    assert not len(service.unsaved)
    assert world.calls.count(REFRESH) == 1


def test_a_read_only_store_returns_a_token_under_an_old_key(service, store, oauth, dana_id, clock):
    token, store.writes = service.access_token(dana_id), False

    assert TokenService(store, KeyRing((bytes(32), bytes(range(32)))), oauth, 300, clock).access_token(dana_id) == token


def test_tokens_are_saved_before_the_refresh_is_counted(service, store, dana_id, clock):
    metrics.start()
    compare_and_set, counter, counts = store.compare_and_set, 'zoomapp_refreshes_total{outcome="renewed"}', []

    def record_count(*arguments):
        counts.append(value(counter))
        return compare_and_set(*arguments)

    before = value(counter)
    store.compare_and_set = record_count
    clock.tick(3600)

    service.access_token(dana_id)

    assert counts == [before]
    assert value(counter) == before + 1


def test_counters_that_cannot_be_written_do_not_break_a_refresh(service, dana_id, clock, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    metrics.start()
    monkeypatch.setattr(metrics._counters.upstream, "labels", full)
    before = service.access_token(dana_id)
    clock.tick(3600)

    assert service.access_token(dana_id) != before


def value(name):
    """What is counted under this name so far."""
    lines = metrics.exposition().decode().splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0)


def test_a_removed_key_means_authorize_again(store, oauth, dana_id, clock):
    with pytest.raises(NotAuthorized):
        TokenService(store, KeyRing((bytes(32),)), oauth, 300, clock).access_token(dana_id)


def test_a_record_moved_to_another_user_cannot_be_decrypted(service, store, dana_id):
    store.save("somebody-else", store.load(dana_id))

    with pytest.raises(NotAuthorized):
        service.access_token("somebody-else")


def test_a_tampered_record_means_authorize_again(service, store, dana_id):
    record = bytearray(store.load(dana_id))
    record[-1] ^= 1
    store.save(dana_id, bytes(record))

    with pytest.raises(NotAuthorized):
        service.access_token(dana_id)


def test_repr_holds_no_token(service, dana_id):
    tokens = service.load(dana_id)

    assert tokens.access_token not in repr(tokens) and tokens.refresh_token not in repr(tokens)
    assert dataclasses.replace(tokens, access_token="x").issued_at == NOON
