"""Limits of CPU time for pages.

python3 dev.py bench --only limits    prints the figures
"""

import time

import pytest

from offline_zoom.faults import Fault
from tests.web.test_pages_budgets import travels


def test_the_live_part_of_a_thousand_people_is_fast(dana, world):
    world.load_story("all-hands")
    link = dana.running_meeting()
    html = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    etag = dana.get(f"{link}/live", headers=html).headers["ETag"]

    def seconds(address, status=200, **headers):
        """Of this process alone."""
        began = time.process_time()
        assert dana.get(address, headers={**html, **headers}).status_code == status
        return time.process_time() - began

    def quickest(address, *more, **headers):
        return min(seconds(address, *more, **headers) for _ in range(9))

    page, part = quickest(link), quickest(f"{link}/live")
    same = quickest(f"{link}/live", 304, **{"If-None-Match": etag})
    print(f"1000 people: page {page * 1000:.0f} ms, part {part * 1000:.0f} ms, nothing new {same * 1000:.0f} ms")
    print(f"1000 people: page {travels(dana, link)} bytes, part {travels(dana, f'{link}/live')} bytes")
    assert (page < 0.06, part < 0.06, same < 0.01) == (True, True, True)


@pytest.mark.parametrize("count", [50, 300])
def test_a_page_of_last_seen_meetings_is_fast(dana, world, count):
    start = "2026-03-09T09:00:00Z"
    rows = [{"id": 85000000000 + n, "topic": f"Plan {n}", "start_time": start, "duration": 30} for n in range(count)]
    page = "/meetings?show=past&rows=300"
    world.faults.append(Fault("GET /v2/users/me/meetings", 200, {}, {"meetings": rows, "total_records": count}))
    dana.look(page)
    # The page uses its last-seen data, so the time of the offline Zoom does not count.
    world.faults.clear()
    world.faults.append(Fault("GET /v2/users/me/meetings", 502, {}, "gone"))

    def seconds():
        """Of this thread alone."""
        began = time.thread_time()
        assert dana.look(page).text.count("<article") == count
        return time.thread_time() - began

    assert min(seconds() for _ in range(5)) < 0.06
