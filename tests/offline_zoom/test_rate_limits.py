"""Rate limits: labels, plans, headers, messages."""

from __future__ import annotations

import pytest

from tests.offline_zoom.conftest import Caller, caller


def statuses(who: Caller, path: str, count: int) -> list[int]:
    return [who.get(path).status_code for _ in range(count)]


@pytest.fixture
def limited(world):
    world.switches.limits = "plan"
    return world


def test_rate_limits_are_off_by_default(dana):
    assert statuses(dana, "/users/me", 100) == [200] * 100


@pytest.mark.parametrize(("who", "most"), [("finn", 4), ("priya", 30), ("dana", 80)])
def test_light_calls_per_second_depend_on_the_plan(limited, clock, who, most):
    them = caller(limited, who)

    assert statuses(them, "/users/me", most + 2) == [200] * most + [429] * 2
    clock.at += 1
    assert them.get("/users/me").status_code == 200


def test_users_of_an_account_share_limits_but_labels_do_not(limited):
    dana, jonas = caller(limited, "dana"), caller(limited, "jonas")
    statuses(dana, "/users/me", 80)

    assert jonas.get("/users/me").status_code == 429
    assert jonas.get("/users/me/meetings").status_code == 200
    assert caller(limited, "priya").get("/users/me").status_code == 200


def test_resource_intensive_calls_are_counted_by_the_minute(limited, clock):
    dana = caller(limited, "dana")
    path = "/metrics/meetings?from=2026-03-01&to=2026-03-04"

    assert statuses(dana, path, 21) == [200] * 20 + [429]
    clock.at += 60
    assert dana.get(path).status_code == 200


def test_heavy_and_resource_intensive_calls_share_a_day(limited, clock):
    limited.switches.rate_limits = {"Heavy a day": 3, "Resource-intensive a day": 3}
    dana = caller(limited, "dana")
    statuses(dana, "/report/meetings/1", 3)

    refused = dana.get("/metrics/meetings")

    assert refused.status_code == 429
    assert refused.json()["message"].startswith("You have reached the maximum daily rate limit for this API.")


def test_per_second_error_names_its_limit(limited):
    limited.switches.rate_limits = {"Light": 0}

    assert caller(limited, "dana").get("/users/me").json() == {
        "code": 429,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }


def test_only_the_category_header_is_sent_by_default(limited):
    limited.switches.rate_limits = {"Light": 0}

    headers = caller(limited, "dana").get("/users/me").headers

    assert {name for name in headers if name.startswith("X-RateLimit")} == {"X-RateLimit-Category"}
    assert "Retry-After" not in headers


def test_all_documented_rate_limit_headers_can_be_sent(limited):
    limited.switches.change({"rate_headers": "all", "rate_limits": {"Light": 2}})
    dana = caller(limited, "dana")

    first, second, third = (dana.get("/users/me").headers for _ in range(3))

    assert [answer["X-RateLimit-Remaining"] for answer in (first, second, third)] == ["1", "0", "0"]
    assert (third["X-RateLimit-Type"], third["X-RateLimit-Limit"]) == ("QPS", "2")


def test_daily_limit_error_has_an_iso_retry_after(limited):
    limited.switches.change({"rate_headers": "all", "rate_limits": {"Light a day": 1}})
    dana = caller(limited, "dana")
    dana.get("/users/me")

    headers = dana.get("/users/me").headers

    assert (headers["X-RateLimit-Type"], headers["Retry-After"]) == ("Daily-limit", "2026-03-05T00:00:00Z")
