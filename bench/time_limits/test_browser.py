"""How soon people see what happens, in a real Chromium."""

from statistics import median

import pytest

from tests.client.test_live_in_client import seconds_until_seen as seconds_by_webhook
from tests.pages.test_large_meeting import open_large_meeting, refresh
from tests.pages.test_sighted_in_client import open_client, seconds_until_seen, settings, steps, without_dashboard

__all__ = ["open_client", "settings", "steps", "without_dashboard"]

#: Chromium four times slower than here. At rest a refresh takes some 50 ms.
SLOWER, MOST_MS = 4, 120


def test_a_webhook_shows_a_new_participant_within_two_seconds(stack, zoom_client):
    took = seconds_by_webhook(stack, zoom_client)

    assert max(took.values()) < 2, took


def test_a_client_report_shows_a_new_participant_within_a_second(without_dashboard, open_client, steps, clock):
    took = seconds_until_seen(open_client(), steps, clock)

    assert max(took) < 1, took


@pytest.mark.parametrize("width", [360, 1200])
def test_a_refresh_of_a_hundred_rows_is_quick_on_a_slow_machine(dana_at, dana, world, clock, width):
    page = open_large_meeting(dana_at, dana, world, width)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    took = sorted(refresh(page, world, clock))

    print(f"{width} px: a refresh took {took[0]:.0f}, {median(took):.0f}, {took[-1]:.0f} ms at {SLOWER} times slower")
    assert median(took) <= MOST_MS, took
