"""A host's way after a meeting, in Chromium: the end, the summary that arrives, its file."""

import re

from offline_zoom.webhooks import content_events, recording_events
from zoomapp.zoom.meeting_ids import key_of


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
    assert page.evaluate("document.activeElement.textContent") == "Attendance 2"
    assert page.locator("text=Zoom is writing").count() == 0
    assert page.is_visible("button >> text=Print")
    with page.expect_download() as download:
        page.click("text=.md")
    assert "## Quick recap" in download.value.path().read_text()


def test_recording_takes_the_place_of_its_notice_and_its_passcode_is_shown_on_request(dana_at, world, webhooks, clock):
    meeting = world.start_meeting(85000000102, recording=True)
    world.join(meeting, "dana")
    clock.tick(600)
    world.end_meeting(meeting)
    page = dana_at(360)
    page.clock.install()
    page.goto(f"/participants/{key_of(meeting.uuid)}/recording")
    page.wait_for_selector("text=No recording yet")
    page.evaluate("""() => { window.same = "yes"; window.said = [];
        new MutationObserver(() => said.push(document.querySelector("[data-say]").textContent))
            .observe(document.querySelector("[data-say]"), { childList: true }); }""")
    page.focus("nav.tabs a >> nth=0")

    recording = world.recordings[meeting.uuid]
    recording.available_at, recording.play_passcode = clock(), "secret-4711"
    webhooks(recording_events.recording_event(clock(), recording, world))
    page.clock.run_for(4100)
    page.wait_for_selector("h3 >> text=Cloud recording")

    assert page.evaluate("[same, ...said]") == ["yes", "The recording is ready."]
    assert page.evaluate("document.activeElement.textContent") == "Attendance"
    assert page.locator("text=No recording yet").count() == 0 and "secret-4711" not in page.content()
    page.click("text=Show passcode")
    page.wait_for_selector("code >> text=secret-4711")
    with page.expect_download() as download:
        page.click(".file:has-text('Chat')")
    assert "Hello!" in download.value.path().read_text()
