"""A host's way after a meeting, in Chromium: the end, the summary that arrives, its file."""

import re

from offline_zoom.webhooks import content_events


def test_summary_takes_the_place_of_its_notice_and_is_saved_as_a_file(dana_at, world, webhooks, clock):
    meeting = world.start_meeting(85000000102, recording=True)
    world.join(meeting, "dana")
    world.join(meeting, None, "Guest Lee")
    clock.tick(600)
    page = dana_at(360)
    page.clock.install()
    page.goto(f"/participants/{meeting.meeting_id}")
    page.wait_for_selector("[data-pause]:visible")
    world.end_meeting(meeting)
    page.clock.run_for(2000)
    page.wait_for_selector("text=Ended just now")

    page.click("nav.tabs >> text=Summary")
    page.wait_for_selector("text=Zoom is writing the summary")
    page.evaluate("""() => { window.same = "yes"; window.said = [];
        new MutationObserver(() => said.push(document.querySelector("[data-say]").textContent))
            .observe(document.querySelector("[data-say]"), { childList: true }); }""")
    page.focus("nav.tabs a >> nth=0")
    with page.expect_response(re.compile("/summary$")) as early:
        page.clock.run_for(4100)
    instance = world.instances[meeting.uuid]
    instance.summary.created_at = clock()
    webhooks(content_events.summary_event(clock(), instance, instance.summary, world))
    page.clock.run_for(4100)
    page.wait_for_selector("h2 >> text=Overview")

    assert early.value.status == 304
    assert page.evaluate("[same, ...said]") == ["yes", "The summary is ready."]
    assert page.evaluate("document.activeElement.textContent") == "Attendance"
    assert page.locator("text=Zoom is writing").count() == 0
    assert page.is_visible("button >> text=Print")
    with page.expect_download() as download:
        page.click("text=.md")
    assert "## Quick recap" in download.value.path().read_text()
