"""The token of a whole account: requested once for all processes, and shared like its failures."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import adapter, with_account_credentials
from zoomapp import services
from zoomapp.errors import AccountRefused, RateLimited, UpstreamError
from zoomapp.store.encrypted_records import ACCOUNT_TOKEN, kind_of

TOKEN = "POST /oauth/token"
CALLERS = 6


@pytest.fixture
def settings(settings, world):
    return with_account_credentials(settings, world)


@pytest.fixture
def process(settings, world, clock):
    """A factory of further processes of the same app. Settings can differ."""
    built = []

    def start(**changes):
        built.append(services.build(replace(settings, **changes), transport=adapter(world), clock=clock))
        return built[-1].account_tokens

    yield start
    for parts in built:
        parts.redis.connection_pool.disconnect()


def test_without_settings_there_are_no_account_credentials(process):
    assert process(zoom_account_id="", zoom_s2s_client_id="", zoom_s2s_client_secret="") is None


def test_many_callers_in_two_processes_cost_one_request_per_expiry(process, world, clock):
    processes = [process(), process()]
    with ThreadPoolExecutor(2 * CALLERS) as pool:
        for count in range(1, 6):
            together = threading.Barrier(2 * CALLERS)

            def call(tokens, together=together):
                together.wait()
                return tokens.access_token()

            found = set(pool.map(call, processes * CALLERS))

            assert len(found) == 1 and world.grants.access(found.pop()).kind == "account"
            assert world.calls.count(TOKEN) == count
            clock.tick(3600)


def test_token_is_used_until_a_minute_before_its_end(process, world, clock):
    tokens = process()
    first = tokens.access_token()

    clock.tick(3599 - 61)
    assert tokens.access_token() == first
    clock.tick(1)
    assert tokens.access_token() != first
    assert world.calls.count(TOKEN) == 2


def test_rejected_token_is_replaced_once_for_all(process, world):
    one, other = process(), process()
    rejected = one.access_token()

    fresh = one.access_token(rejected=rejected)

    assert fresh != rejected
    assert other.access_token(rejected=rejected) == other.access_token() == fresh
    assert world.calls.count(TOKEN) == 2


def test_record_is_encrypted_and_of_its_kind(process, parts):
    token = process().access_token()

    (key,) = parts.redis.keys("*:account-token:*")
    assert kind_of(key.decode()) is ACCOUNT_TOKEN
    assert token.encode() not in parts.redis.get(key) and 0 < parts.redis.ttl(key) <= ACCOUNT_TOKEN.seconds


@pytest.mark.parametrize("refuse", ["secret", "account", "grant"])
def test_refusal_is_shared_for_five_minutes(process, world, clock, refuse):
    if refuse == "secret":
        world.account_app.client_secret = "another secret"
    elif refuse == "account":
        world.account_app.account_id = "another account"
    else:
        world.faults.append(Fault(TOKEN, 400, body={"error": "invalid_grant", "reason": "Invalid Token!"}))

    for tokens in (process(), process(), process()):
        with pytest.raises(AccountRefused):
            tokens.access_token()
        assert world.calls.count(TOKEN) == 1

    clock.tick(300)
    with pytest.raises(AccountRefused):
        process().access_token()
    assert world.calls.count(TOKEN) == 2


def test_corrected_secret_takes_effect_at_once(process, world):
    with pytest.raises(AccountRefused):
        process(zoom_s2s_client_secret="a wrong secret").access_token()

    assert process().access_token()


def test_newer_of_two_secrets_need_not_be_known_to_zoom_yet(process, world):
    assert process(zoom_s2s_client_secret=f"a newer secret,{world.account_app.client_secret}").access_token()


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [
        (Fault(TOKEN, 503, count=1), UpstreamError, 2),
        (Fault(TOKEN, 429, {"Retry-After": "40"}, {"code": 429}, count=1), RateLimited, 40),
    ],
    ids=["outage", "rate-limit"],
)
def test_failure_is_shared_until_zoom_may_be_asked_again(process, world, clock, fault, error, seconds):
    world.faults.append(fault)
    for tokens in (process(), process()):
        with pytest.raises(error):
            tokens.access_token()
    assert world.calls.count(TOKEN) == 1

    clock.tick(seconds)

    assert process().access_token()


def test_neither_secret_nor_token_is_printed_or_logged(process, world, settings, caplog):
    caplog.set_level(logging.DEBUG, logger="zoomapp")
    tokens = process()
    token = tokens.access_token()
    world.account_app.client_secret = "another secret"
    with pytest.raises(AccountRefused) as refusal:
        tokens.access_token(rejected=token)

    written = caplog.text + repr(settings) + repr(refusal.value) + str([vars(record) for record in caplog.records])
    assert "account token requested" in caplog.text and "account credentials refused" in caplog.text
    assert token not in written and settings.zoom_s2s_client_secret not in written
