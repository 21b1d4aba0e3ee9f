"""What a version of the app makes of stored records: for each kind, the records are loaded and the app is used."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from offline_zoom.faults import Fault
from tests.upgrade import tour
from tests.upgrade.stage import LIVE_MEETING, Browser, Stage, build_stage, restore_grants
from tests.upgrade.stored import kind_of, load
from tests.upgrade.tour import (
    CHANGED_MEETING,
    DASHBOARD_ROUTE,
    DRAFT_TOPIC,
    FILE,
    HEARD,
    LIST,
    LIST_ROUTE,
    ME_ROUTE,
    PAGE,
    QUEUED,
    RECORDINGS,
    SEEN_BY_CLIENT,
    TOKEN_ROUTE,
    Capture,
)

ME = "/zoom/api/v2/users/me"
#: Long enough that a reader meets another worker's lease, short enough to wait for its end.
LEASE_MILLISECONDS = 500


@dataclass
class Reading:
    """One kind of record, loaded together with Dana's session and tokens."""

    stage: Stage
    capture: Capture

    def load(self, *kinds: str) -> None:
        """Load these kinds; the clock goes to when the first one was captured."""
        keys = self.capture.of_kind(*kinds)
        assert keys, f"no records of the kinds {', '.join(kinds)}"
        self.stage.clock.now = max(key.captured_at for key in self.capture.of_kind(kinds[0]))
        load(self.stage.redis, keys)

    def dana(self, *kinds: str) -> Browser:
        """Dana's browser, with her session and tokens and these kinds in Redis."""
        load(self.stage.redis, self.capture.of_kind("session", "tokens"))
        if kinds:
            self.load(*kinds)
        return self.stage.browser(self.capture.facts["dana"])

    def drop(self, *kinds: str) -> None:
        for key in self.capture.of_kind(*kinds):
            self.stage.redis.delete(key.name)

    def calls(self, route: str) -> int:
        return self.stage.calls_to_zoom(route)

    def fault(self, *faults: Fault) -> None:
        self.stage.world.faults += faults

    def held(self, kind: str) -> None:
        """Another worker holds the lease of this kind for a moment."""
        self.load(kind)
        for key in self.capture.of_kind(kind):
            self.stage.redis.pexpire(key.name, LEASE_MILLISECONDS)

    def owner_during(self, kind: str, fault: Fault, act: Callable[[], Any]) -> dict[str, Any]:
        """Whether the lease was this app's own when it called Zoom."""
        (key,) = self.capture.of_kind(kind)
        foreign = self.stage.redis.get(key.name)
        found: list[bytes | None] = []
        self.fault(fault)
        self.stage.during_a_delay = lambda: found.append(self.stage.redis.get(key.name))
        answer = act()
        # Without the lease (it was freed while the app waited) an answer is asked for all the same.
        return {"foreign_lease_held_at_call": foreign in found, "calls": len(found), "status": answer.status_code}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))


# One reader for each kind of record


def read_tokens(r: Reading) -> Any:
    browser = r.dana()
    before = browser.get(ME)
    spent = r.calls(TOKEN_ROUTE)
    r.stage.clock.tick(4000)
    after = browser.get(ME)
    # Zoom ended this grant earlier: the record says so, and Zoom is not asked again.
    ended = r.stage.browser(r.capture.facts["priya"]).get(ME)
    return {
        "status": before.status_code,
        "email": before.json.get("email"),
        "refreshes_before": spent,
        "status_after_expiry": after.status_code,
        "refreshes": r.calls(TOKEN_ROUTE),
        "ended_grant": ended.json.get("error"),
    }


def read_session(r: Reading) -> Any:
    browser = r.dana("session")
    page = browser.open_page("/settings").text
    begun = r.stage.browser(r.capture.facts["priya"])
    r.stage.clock.tick(0)
    back = begun.get(begun.consent("priya", begun.get("/api/zoomapp/install").location))
    draft = begun.open_page(back.location).text
    from_context = r.stage.browser(r.capture.facts["context"]["cookie"])
    return {
        "dark": 'data-theme="dark"' in page,
        "notice": "Settings saved" in page,
        "draft_at": back.location,
        "draft": DRAFT_TOPIC in draft,
        "signed_in_by_context": from_context.get(ME).status_code,
        "client_theme": 'data-theme="light"' in from_context.open_page("/settings").text,
    }


def read_lease(r: Reading) -> Any:
    browser = r.dana()
    r.stage.clock.now = max(key.captured_at for key in r.capture.of_kind("tokens"))
    r.stage.clock.tick(4000)
    r.held("lease")
    r.stage.clock.tick(4000)
    return r.owner_during("lease", Fault(TOKEN_ROUTE, delay=0.1), lambda: browser.get(ME))


def read_failure(r: Reading) -> Any:
    browser = r.dana("failure")
    r.stage.expire_access_token("dana")
    answer = browser.get(ME)
    return {"status": answer.status_code, "error": answer.json.get("error"), "refreshes": r.calls(TOKEN_ROUTE)}


def read_begun(r: Reading) -> Any:
    r.load("begun", "session")
    signins = r.capture.facts["signins"]
    web = r.stage.browser(signins["web"]["cookie"])
    back = web.get(web.consent("dana", signins["web"]["address"]))
    in_client, page = r.stage.browser(signins["in_client"]["cookie"]), "http://localhost/"
    code = r.stage.world.issue_code("dana", page, signins["in_client"]["codeChallenge"], "plain", in_client=True)
    body = {"code": code, "state": signins["in_client"]["state"], "href": page}
    answer = in_client.post("/api/zoomapp/onauthorized", json=body)
    return {
        "web": [back.status_code, web.get(ME).status_code],
        "in_client": [answer.status_code, in_client.get(ME).status_code],
    }


def read_preferences(r: Reading) -> Any:
    page = r.dana("preferences").open_page("/settings").text
    chosen = re.findall(r'<option value="([^"]+)" selected', page) + re.findall(r'value="([^"]+)" checked', page)
    zone = re.search(r"Times in ([\w/]+)", words(page))[1]
    return {
        "zone": zone,
        "chosen": sorted(set(chosen)),
        "late": re.search(r'name="late_minutes"[^>]*value="(\d+)"', page)[1],
    }


def read_profile(r: Reading) -> Any:
    page = words(r.dana("profile").open_page("/settings").text)
    return {"zone": re.search(r"Times in ([\w/]+)", page)[1], "calls": r.calls(ME_ROUTE)}


def read_answers(r: Reading) -> Any:
    browser = r.dana("answers", "answers-version")
    answer = browser.get(LIST)
    return {
        "cache": answer.headers["X-Cache"],
        "meetings": len(answer.json["meetings"]) > 3,
        "calls": r.calls(LIST_ROUTE),
    }


def read_answers_version(r: Reading) -> Any:
    browser = r.dana("answers", "answers-version")
    browser.get(LIST)
    r.drop("answers-version")
    return {"cache_without_the_version": browser.get(LIST).headers["X-Cache"]}


def read_answers_lease(r: Reading) -> Any:
    browser = r.dana()
    r.held("answers-lease")
    return r.owner_during("answers-lease", Fault(LIST_ROUTE, delay=0.1), lambda: browser.get(LIST))


def read_calls(r: Reading) -> Any:
    page = words(r.dana("calls").open_page("/calls").text)
    return {"list": "/v2/users/me/meetings" in page, "change": "/v2/meetings/85000000101" in page}


def read_snapshot(r: Reading) -> Any:
    page = r.dana("snapshot", "answered").open_page(PAGE).text
    return {"shown": "Jonas" in page, "calls": r.calls(DASHBOARD_ROUTE)}


def read_answered(r: Reading) -> Any:
    browser = r.dana("answered", "snapshot")
    browser.get(f"{PAGE}/live")
    with_proof = r.calls(DASHBOARD_ROUTE)
    r.drop("answered")
    browser.get(f"{PAGE}/live")
    return {"calls_with_proof": with_proof, "calls_without": r.calls(DASHBOARD_ROUTE)}


def read_snapshot_pause(r: Reading) -> Any:
    answer = r.dana("snapshot:pause").get(f"{PAGE}/live")
    return {"status": answer.status_code, "wait": answer.headers.get("Retry-After"), "calls": r.calls(DASHBOARD_ROUTE)}


def read_snapshot_lease(r: Reading) -> Any:
    browser = r.dana("snapshot", "answered", "snapshot:lease")
    r.stage.clock.tick(16)
    held = browser.get(f"{PAGE}/live")
    while_held = r.calls(DASHBOARD_ROUTE)
    r.drop("snapshot:lease")
    browser.get(f"{PAGE}/live")
    return {"shown": "Jonas" in held.text, "calls_while_held": while_held, "calls": r.calls(DASHBOARD_ROUTE)}


def read_snapshot_lease_viewer(r: Reading) -> Any:
    browser = r.dana("answered", "snapshot", "snapshot:lease:viewer")
    r.stage.clock.tick(545)
    held = browser.get(f"{PAGE}/live")
    while_held = r.calls(DASHBOARD_ROUTE)
    r.drop("snapshot:lease:viewer")
    browser.get(f"{PAGE}/live")
    return {"shown": "Jonas" in held.text, "calls_while_held": while_held, "calls": r.calls(DASHBOARD_ROUTE)}


def read_shared(r: Reading) -> Any:
    browser = r.dana("snapshot", "shared")
    browser.post("/api/zoomapp/disconnect")
    return {"snapshots_left": sum(kind_of(key.decode()) == "snapshot" for key in r.stage.redis.keys("zoomapp:*"))}


def read_keys(r: Reading) -> Any:
    """After a disconnect nothing is left that bears Dana's tag."""
    browser = r.dana("tokens", *r.capture.kinds)
    tag = r.capture.facts["dana"].partition(".")[0]
    before = {kind_of(key.decode()) for key in r.stage.redis.keys(f"zoomapp:{{{tag}}}*")}
    browser.post("/api/zoomapp/disconnect")
    left = {kind_of(key.decode()) for key in r.stage.redis.keys(f"zoomapp:{{{tag}}}*")}
    return {"kinds_before": len(before) > 15, "left": sorted(left)}


def read_seen(r: Reading) -> Any:
    browser = r.dana("seen")
    r.fault(Fault("* /v2/**", 502, {}, "gone"))
    return {"shown": "Weekly sync" in browser.open_page("/meetings?show=past").text}


def read_steps(r: Reading) -> Any:
    browser = r.dana("steps")
    r.fault(tour.empty_page(), tour.slow_page(2, "b"), tour.empty_page())
    page = browser.open_page("/meetings?show=scheduled").text
    asked = [call.params.get("next_page_token", "") for call in r.stage.world.calls.matching(LIST_ROUTE)]
    return {"progress": "page 2 of 3" in page, "asked_from": "a" in asked}


def read_planned(r: Reading) -> Any:
    route = f"GET /v2/meetings/{LIVE_MEETING}"
    r.dana("planned").open_page(PAGE)
    with_record = r.calls(route)
    r.drop("planned")
    r.dana().open_page(PAGE)
    return {"calls_with_record": with_record, "calls_without": r.calls(route)}


def read_instance(r: Reading) -> Any:
    """After its end, the meeting's number stands for the instance that was seen."""
    browser = r.dana("instance")
    not_running = {"code": 3001, "message": "Meeting does not exist."}
    r.fault(Fault(LIST_ROUTE, 200, {}, {"meetings": []}), Fault(DASHBOARD_ROUTE, 404, {}, not_running))
    browser.open_page(PAGE)
    asked = [call.path for call in r.stage.world.calls.matching("GET /v2/past_meetings/**")]
    return {"asked_for_the_instance": bool(asked) and all("YozoD8hhhzCA47MofFgtxQ" in path for path in asked)}


def read_changes(r: Reading) -> Any:
    return {"warning": "90 of 100 changes" in words(r.dana("changes").open_page("/meetings/new").text)}


def read_once(r: Reading) -> Any:
    browser, sent = r.dana("once"), r.capture.facts["scheduled"]
    again = browser.post("/meetings/new", data=sent["form"])
    result = browser.get(again.location)
    same = result.location == sent["location"]
    return {"same_meeting": same, "created": r.calls("POST /v2/users/me/meetings")}


def read_file(r: Reading) -> Any:
    r.dana("file")
    stranger, link = r.stage.browser(), r.capture.facts["file"]
    answers = [stranger.get(link) for _ in range(2)]
    return {
        "status": [each.status_code for each in answers],
        "calendar": "BEGIN:VCALENDAR" in answers[0].text,
        "path": FILE in link,
    }


def read_piece(r: Reading) -> Any:
    page = r.dana("piece").open_page(RECORDINGS).text
    return {"shown": "Weekly sync" in page, "calls": r.calls("GET /v2/users/me/recordings")}


def read_month(r: Reading) -> Any:
    page = words(r.dana("month").open_page("/recordings/storage").text)
    return {"shown": bool(re.search(r"[\d.]+ [KMG]B", page)), "calls": r.calls("GET /v2/users/me/recordings")}


def read_sightings(r: Reading) -> Any:
    return {"shown": SEEN_BY_CLIENT in r.dana("sightings").open_page(PAGE).text}


def read_room(r: Reading) -> Any:
    return {"shown": HEARD in r.dana("room", "rooms").open_page(PAGE).text}


def read_rooms(r: Reading) -> Any:
    """The index names the meeting although Zoom's list cannot be read."""
    browser = r.dana("rooms", "room")
    r.fault(Fault("GET /v2/**", 502, {}, "gone"))
    page = browser.open_page(PAGE).text
    ended = browser.open_page(f"/participants/{tour.ENDED_UUID.rstrip('=')}").text
    return {
        "topic": "Product review" in page,
        "shown": HEARD in page,
        "ended_topic": tour.ENDED_TOPIC in ended,
        "ended_shown": tour.ENDED_GUEST in ended,
        "ended": "1 attended" in words(ended) or "1 person came" in words(ended),
    }


def read_events_queue(r: Reading) -> Any:
    browser = r.dana("events:queue")
    # Any new event makes the app handle what is queued.
    r.stage.send_webhook({"event": "meeting.alert", "event_ts": 1, "payload": {"object": {}}})
    return {"left": r.stage.redis.llen("zoomapp:{events}:queue"), "shown": QUEUED in browser.open_page(PAGE).text}


def read_events_taken(r: Reading) -> Any:
    browser = r.dana("events:taken")
    status = r.stage.send_webhook(r.capture.facts["events"]["heard"])
    return {"status": status, "handled_again": HEARD in browser.open_page(PAGE).text}


def read_events_lease(r: Reading) -> Any:
    r.dana("events:lease")
    event = tour.joined(r.stage, "Somebody Else")
    r.stage.send_webhook(event)
    waiting = r.stage.redis.llen("zoomapp:{events}:queue")
    r.drop("events:lease")
    r.stage.send_webhook({**event, "event_ts": event["event_ts"] + 1})
    return {"waiting": waiting, "left": r.stage.redis.llen("zoomapp:{events}:queue")}


def read_context(r: Reading) -> Any:
    headers = {"X-Zoom-App-Context": r.capture.facts["context"]["blob"]}
    r.load("context")
    used = r.stage.browser().get("/api/zoomapp/home", headers=headers).status_code
    r.drop("context")
    return {"used": used, "first": r.stage.browser().get("/api/zoomapp/home", headers=headers).status_code}


def read_probe(r: Reading) -> Any:
    r.dana("probe")
    event = r.capture.facts["events"]["unverified"]
    status = r.stage.send_webhook(event, signed=False)
    with_record = r.calls(ME_ROUTE)
    r.drop("probe")
    r.stage.send_webhook(event, signed=False)
    return {"status": status, "calls_with_record": with_record, "calls": r.calls(ME_ROUTE)}


def read_limits_days(r: Reading) -> Any:
    answer = r.dana("limits:days").get(LIST)
    return {"status": answer.status_code, "calls": r.calls(LIST_ROUTE)}


def read_host_days(r: Reading) -> Any:
    answer = r.dana("host-days").send("PATCH", CHANGED_MEETING, json={"agenda": "Again"})
    return {"status": answer.status_code, "calls": r.calls("PATCH /v2/meetings/*")}


READERS: dict[str, Callable[[Reading], Any]] = {
    name.removeprefix("read_"): function for name, function in globals().items() if name.startswith("read_")
}


def reader_of(kind: str) -> Callable[[Reading], Any]:
    return READERS[re.sub(r"\W", "_", kind)]


def observe(kind: str, capture: Capture, redis_url: str, build_app: Callable[..., Flask], close_app: Any) -> Any:
    """What the app makes of the records of this kind, on an empty Redis."""
    stage = build_stage(redis_url, build_app)
    stage.redis.flushdb()
    restore_grants(stage.world, capture.grants)
    try:
        return reader_of(kind)(Reading(stage, capture))
    finally:
        close_app(stage.app)
        stage.redis.close()


def observe_all(capture: Capture, redis_url: str, build_app: Callable[..., Flask], close_app: Any) -> dict[str, Any]:
    """The same for every kind that the capture holds; a reader that fails says why."""
    found = {}
    for kind in capture.kinds:
        try:
            found[kind] = observe(kind, capture, redis_url, build_app, close_app)
        except Exception as error:
            found[kind] = {"error": repr(error)}
    return found
