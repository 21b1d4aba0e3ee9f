"""One renewal per expiry, no grant lost by our fault, the newest authorization wins."""

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
from zoomapp.tokens.service import REFUSED_SECONDS, TokenService
from zoomapp.tokens.store import MemoryTokenStore, RedisTokenStore
from zoomapp.zoom.oauth import ZoomOAuth

RING = KeyRing((bytes(range(32)),))
REFRESH = "POST /oauth/token"


class FragileStore(MemoryTokenStore):
    """A store that can be told to stop serving, for reading, writing or both."""

    reads = writes = True

    def load(self, user_id):
        if not self.reads:
            raise StoreUnavailable
        return super().load(user_id)

    def swap(self, user_id, expected, record):
        if not self.writes:
            raise StoreUnavailable
        return super().swap(user_id, expected, record)

    def take_lease(self, user_id, owner, seconds):
        if not self.writes:
            raise StoreUnavailable
        return super().take_lease(user_id, owner, seconds)


@pytest.fixture
def store():
    return FragileStore()


@pytest.fixture
def oauth(world, clock):
    session = http_session(OfflineZoomAdapter(world))
    return ZoomOAuth(session, ZOOM, world.client_id, world.client_secret, OWN + "/api/zoomapp/auth", clock)


@pytest.fixture
def service(store, oauth, clock):
    return TokenService(store, RING, oauth, 300, clock)


@pytest.fixture
def dana_id(service, oauth, world):
    """Dana's user id; her tokens are kept and fresh."""
    return authorize(service, oauth, world)


def authorize(service, oauth, world, name="dana"):
    code = world.issue_code(name, oauth.redirect_uri, "v" * 43)
    service.keep(world.user(name).id, oauth.exchange(code, "v" * 43, oauth.redirect_uri))
    world.calls.clear()
    return world.user(name).id


def another_worker(service, store, oauth, clock):
    """The same store, another process: no flight in common."""
    return TokenService(store, RING, oauth, 300, clock)


def landed():
    """Every renewal that is under way has ended."""
    for thread in threading.enumerate():
        if thread.name in ("renewal", "held-tokens"):
            thread.join(HANG_SECONDS)


def test_a_fresh_token_is_given_as_it_is(service, dana_id, world):
    assert service.access_token(dana_id) == service.access_token(dana_id)
    assert world.calls.count(REFRESH) == 0


def test_an_expired_token_is_renewed_first(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600)

    assert service.access_token(dana_id) != before
    assert world.calls.count(REFRESH) == 1


def test_within_the_margin_nobody_waits_and_the_renewal_happens(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600 - 200)

    assert service.access_token(dana_id) == before
    landed()
    assert service.access_token(dana_id) != before
    assert world.calls.count(REFRESH) == 1


def test_the_margin_is_never_more_than_a_tenth_of_the_life(store, oauth, clock, world):
    world.switches.access_lifetime = 100
    service = TokenService(store, RING, oauth, 300, clock)
    dana_id = authorize(service, oauth, world)
    clock.tick(80)

    service.access_token(dana_id)

    landed()
    assert world.calls.count(REFRESH) == 0


def test_a_failure_ahead_of_time_costs_nobody_anything(service, dana_id, clock, world):
    before = service.access_token(dana_id)
    clock.tick(3600 - 200)
    world.faults.append(Fault(REFRESH, 500))

    for _ in range(5):
        assert service.access_token(dana_id) == before
        landed()

    assert world.calls.count(REFRESH) == 1


def test_many_threads_on_an_expired_token_make_one_renewal(service, dana_id, clock, world):
    clock.tick(3600)

    with ThreadPoolExecutor(32) as pool:
        tokens = set(pool.map(lambda _: service.access_token(dana_id), range(64)))

    assert len(tokens) == 1
    assert world.calls.count(REFRESH) == 1


def test_two_workers_on_an_expired_token_make_one_renewal(service, store, oauth, dana_id, clock, world):
    other = another_worker(service, store, oauth, clock)
    clock.tick(3600)

    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(lambda n: (service, other)[n % 2].access_token(dana_id), range(32)))

    assert len(tokens) == 1
    assert world.calls.count(REFRESH) == 1


def test_a_late_loser_takes_what_another_worker_got(service, store, oauth, dana_id, clock, world):
    rejected = service.access_token(dana_id)
    token = another_worker(service, store, oauth, clock).replace(dana_id, rejected=rejected)

    assert service.replace(dana_id, rejected=rejected) == token
    assert world.calls.count(REFRESH) == 1


def test_a_token_refused_while_an_older_one_is_being_replaced_is_replaced_too(
    service, store, oauth, dana_id, clock, world
):
    other = another_worker(service, store, oauth, clock)
    oldest, asked, take_lease = service.access_token(dana_id), threading.Event(), store.take_lease

    def taken(*_):
        asked.set()
        return False

    store.take_lease = taken
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(service.replace, dana_id, rejected=oldest)
        asked.wait(HANG_SECONDS)
        store.take_lease = take_lease
        older = other.replace(dana_id, rejected=oldest)

        newest = service.replace(dana_id, rejected=older)

    assert newest not in (oldest, older)
    assert waiting.result() in (older, newest)
    assert world.calls.count(REFRESH) == 2


def test_whoever_gets_the_lease_looks_again_before_spending_a_token(service, store, oauth, dana_id, clock, world):
    rejected = service.access_token(dana_id)
    other = another_worker(service, store, oauth, clock)
    take_lease = store.take_lease

    def after_another_worker(*asked):
        store.take_lease = take_lease
        other.replace(dana_id, rejected=rejected)
        return take_lease(*asked)

    store.take_lease = after_another_worker

    assert service.replace(dana_id, rejected=rejected) == other.access_token(dana_id)
    assert world.calls.count(REFRESH) == 1


def test_a_dead_owners_lease_blocks_only_for_a_while(service, store, dana_id, clock):
    store.take_lease(dana_id, "somebody who died", 0.2)
    clock.tick(3600)

    assert service.access_token(dana_id)


def test_a_living_owners_lease_is_extended_while_zoom_is_slow(
    service, store, oauth, dana_id, clock, world, monkeypatch
):
    monkeypatch.setattr("zoomapp.tokens.service.LEASE_SECONDS", 0.3)
    world.sleep = threading.Event().wait
    world.faults.append(Fault(REFRESH, delay=1.0))
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
def test_whatever_is_not_invalid_grant_is_an_outage(service, dana_id, clock, world, fault, error):
    clock.tick(3600)
    world.faults.append(fault)

    with pytest.raises(error):
        service.access_token(dana_id)

    world.faults.clear()
    service.store.note_failure(dana_id, "", 1)
    assert service.access_token(dana_id)


REFUSALS = [
    (400, {"reason": "The app has been disabled by the account admin.", "error": "invalid_request"}),
    (400, {"reason": "Bad Request", "error": "unauthorized_client"}),
    (401, {"reason": "Redirect URI mismatch.", "error": "invalid_request"}),
    (403, {"errorCode": 300, "errorMessage": "Forbidden"}),
    (404, {}),
]


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_refusal_that_ends_no_grant_keeps_the_record_and_is_not_tried_again_for_five_minutes(
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
    store.note_failure(dana_id, "", 1)
    assert other.access_token(dana_id)


def test_a_refusal_of_a_refresh_ahead_of_time_leaves_the_old_token_at_work(service, dana_id, clock, world):
    token = service.access_token(dana_id)
    clock.tick(3350)
    world.faults.append(Fault(REFRESH, 400, body={"error": "invalid_request"}))

    for _ in range(3):
        assert service.access_token(dana_id) == token
        landed()

    assert world.calls.count(REFRESH) == 1


def test_a_new_authorization_is_not_kept_back_by_an_earlier_refusal(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 400, body={"error": "invalid_request"}, count=1))
    with pytest.raises(SessionExpired):
        service.access_token(dana_id)

    authorize(service, oauth, world)
    clock.tick(3600)

    assert service.access_token(dana_id)


def test_wrong_credentials_are_named_in_the_log(service, dana_id, clock, world, caplog):
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


def test_a_failure_is_shared_for_a_moment(service, store, oauth, dana_id, clock, world):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 500))

    for worker in (service, another_worker(service, store, oauth, clock), service):
        with pytest.raises(UpstreamError):
            worker.access_token(dana_id)

    assert world.calls.count(REFRESH) == 1


@pytest.mark.parametrize(("asked", "kept"), [(7, 7), (86400, 60)])
def test_a_pause_zoom_asks_for_is_told_in_all_workers_and_kept(parts, oauth, clock, world, asked, kept):
    store = RedisTokenStore(parts.redis)
    service, other = (TokenService(store, RING, oauth, 300, clock) for _ in range(2))
    dana_id = authorize(service, oauth, world)
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, 429, {"Retry-After": str(asked)}))

    for worker in (service, other, other):
        with pytest.raises(RateLimited) as told:
            worker.access_token(dana_id)
        assert told.value.retry_after == asked
        asked -= 2
        clock.tick(2)

    assert world.calls.count(REFRESH) == 1
    assert kept - 5 < parts.redis.pttl(key_names.of_user(dana_id, "failure")) / 1000 <= kept


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(
    "body",
    [{"reason": "Invalid Token!", "error": "invalid_grant"}, {"reason": "Invalid Token!", "error": "invalid_request"}],
)
def test_invalid_grant_ends_the_grant_whatever_the_status(service, dana_id, clock, world, status, body):
    clock.tick(3600)
    world.faults.append(Fault(REFRESH, status, body=body))

    for _ in range(3):
        with pytest.raises(SessionExpired):
            service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 1


def test_an_ended_grant_begins_anew_with_an_authorization(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    world.faults.add("refused-refresh")
    with pytest.raises(SessionExpired):
        service.access_token(dana_id)

    authorize(service, oauth, world)

    assert service.access_token(dana_id)


def test_invalid_grant_because_another_worker_was_faster_ends_nothing(service, store, oauth, dana_id, clock, world):
    clock.tick(3600)
    record = store.load(dana_id)
    newer = another_worker(service, store, oauth, clock).access_token(dana_id)

    class Stale(FragileStore):
        """Reads once more what was there before the other worker wrote."""

        stale = 1

        def load(self, user_id):
            Stale.stale -= 1
            return record if Stale.stale >= 0 else store.load(user_id)

        def swap(self, user_id, expected, new):
            return store.swap(user_id, expected, new)

    behind = TokenService(Stale(), RING, oauth, 300, clock)
    assert behind._refresh(dana_id) == newer


def test_a_newer_authorization_wins_over_a_renewal_under_way(service, oauth, dana_id, clock, world):
    clock.tick(3600)
    newest = {}

    def authorize_meanwhile(seconds):
        newest["token"] = authorize(service, oauth, world) and service.access_token(dana_id)

    world.sleep = authorize_meanwhile
    world.faults.append(Fault(REFRESH, hold=1, grant_type="refresh_token", count=1))

    assert service.access_token(dana_id) == newest["token"]
    assert service.load(dana_id).access_token == newest["token"]


def test_a_user_removed_during_a_renewal_stays_removed(service, dana_id, clock, world):
    clock.tick(3600)
    world.sleep = lambda seconds: service.forget(dana_id)
    world.faults.append(Fault(REFRESH, hold=1, count=1))

    with pytest.raises(NotAuthorized):
        service.access_token(dana_id)

    assert service.store.load(dana_id) is None
    assert world.calls.count("POST /oauth/revoke") == 1


def test_a_store_that_cannot_be_written_to_costs_no_refresh_token(service, store, dana_id, clock, world):
    clock.tick(3600)
    store.writes = False

    with pytest.raises(StoreUnavailable):
        service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 0


def test_tokens_renewed_while_the_store_goes_away_are_written_when_it_returns(
    service, store, oauth, dana_id, clock, world
):
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


def test_held_tokens_win_over_a_grant_that_another_worker_ended_meanwhile(service, store, oauth, dana_id, clock, world):
    clock.tick(3600)
    other = another_worker(service, store, oauth, clock)
    service_swaps = store.swap

    def away_for_us(seconds):
        service.store = Gone(store)

    class Gone:
        """Away for the worker that renewed; there for everybody else."""

        back = False

        def __init__(self, real):
            self._real = real

        def __getattr__(self, name):
            if name == "swap" and not Gone.back:
                raise StoreUnavailable
            return getattr(self._real, name)

    world.sleep = away_for_us
    world.faults.append(Fault(REFRESH, hold=1, count=1))
    token = service.access_token(dana_id)
    with pytest.raises(SessionExpired):
        other.access_token(dana_id)

    Gone.back = True
    landed()

    assert service_swaps == store.swap
    assert other.access_token(dana_id) == token


def test_an_answer_without_a_refresh_token_keeps_the_old_one(service, dana_id, clock, world):
    world.switches.omit_refresh_token = True
    before = service.load(dana_id).refresh_token
    clock.tick(3600)

    service.access_token(dana_id)

    assert service.load(dana_id).refresh_token == before


def test_after_sigterm_no_renewal_is_begun(service, dana_id, clock, world):
    service.begin_shutdown()
    assert service.access_token(dana_id)

    clock.tick(3600)
    with pytest.raises(ShuttingDown):
        service.access_token(dana_id)

    assert world.calls.count(REFRESH) == 0


def test_a_record_sealed_with_an_old_key_is_sealed_anew_when_read(service, store, oauth, dana_id, clock):
    ring = KeyRing((bytes(32), bytes(range(32))))

    token = TokenService(store, ring, oauth, 300, clock).access_token(dana_id)

    assert ring.is_newest(store.load(dana_id))
    assert TokenService(store, KeyRing((bytes(32),)), oauth, 300, clock).access_token(dana_id) == token


def test_a_renewal_by_a_process_without_the_newest_key_is_held_until_it_can_tell_whose_record_lies_there(
    service, store, oauth, dana_id, clock, world
):
    clock.tick(3600)
    old, new = bytes(range(32)), bytes(32)
    ahead, behind_again = (TokenService(store, KeyRing(ring), oauth, 300, clock) for ring in ((new, old), (old, new)))
    world.sleep = lambda seconds: ahead.load(dana_id)
    world.faults.append(Fault(REFRESH, hold=1, count=1))

    token = service.access_token(dana_id)

    assert not RING.is_newest(store.load(dana_id))
    assert service._held
    behind_again.load(dana_id)
    landed()
    assert service.access_token(dana_id) == token
    assert not service._held
    assert world.calls.count(REFRESH) == 1


def test_a_store_that_only_reads_gives_a_token_that_an_old_key_sealed(service, store, oauth, dana_id, clock):
    token, store.writes = service.access_token(dana_id), False

    assert TokenService(store, KeyRing((bytes(32), bytes(range(32)))), oauth, 300, clock).access_token(dana_id) == token


def test_nothing_is_counted_between_zooms_answer_and_the_store(service, store, dana_id, clock):
    metrics.start()
    swap, counted, told = store.swap, 'zoomapp_refreshes_total{outcome="renewed"}', []

    def overheard(*asked):
        told.append(value(counted))
        return swap(*asked)

    before = value(counted)
    store.swap = overheard
    clock.tick(3600)

    service.access_token(dana_id)

    assert told == [before]
    assert value(counted) == before + 1


def test_counters_that_cannot_be_written_cost_no_token(service, dana_id, clock, monkeypatch):
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


def test_a_key_that_left_the_ring_means_authorize_again(store, oauth, dana_id, clock):
    with pytest.raises(NotAuthorized):
        TokenService(store, KeyRing((bytes(32),)), oauth, 300, clock).access_token(dana_id)


def test_a_record_put_in_another_users_place_does_not_open(service, store, dana_id):
    store.save("somebody-else", store.load(dana_id))

    with pytest.raises(NotAuthorized):
        service.access_token("somebody-else")


def test_a_tampered_record_means_authorize_again(service, store, dana_id):
    record = bytearray(store.load(dana_id))
    record[-1] ^= 1
    store.save(dana_id, bytes(record))

    with pytest.raises(NotAuthorized):
        service.access_token(dana_id)


def test_nothing_secret_prints(service, dana_id):
    tokens = service.load(dana_id)

    assert tokens.access_token not in repr(tokens) and tokens.refresh_token not in repr(tokens)
    assert dataclasses.replace(tokens, access_token="x").issued_at == NOON
