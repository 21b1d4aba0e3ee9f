"""A tour through the app, over HTTP, that leaves behind every kind of record that the app stores in Redis."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from offline_zoom.faults import Fault
from tests.upgrade.stage import APP, LIVE_MEETING, Stage, fields_of_form
from tests.upgrade.stored import StoredKey, dump, from_json, to_json

LIST = "/zoom/api/v2/users/me/meetings?type=scheduled"
LIST_ROUTE = "GET /v2/users/me/meetings"
ME_ROUTE = "GET /v2/users/me"
TOKEN_ROUTE = "POST /oauth/token"
DASHBOARD_ROUTE = "GET /v2/metrics/meetings/*/participants"
PAGE = f"/participants/{LIVE_MEETING}"
FILE = "/meetings/85000000101.ics"
CHANGED_MEETING = "/zoom/api/v2/meetings/85000000102"
RECORDINGS = "/recordings?from=2025-12-20&to=2026-03-02"
PREFERENCES = {
    "zone_name": "Europe/Lisbon",
    "hour12": "12",
    "refresh_seconds": "30",
    "late_minutes": "17",
    "announce": "all",
    "theme": "dark",
}
ZONE = {"zone": "Europe/Lisbon"}
ONCE_KEY = "a-key-of-a-form-that-was-sent-once"
DRAFT_TOPIC = "A topic typed before Zoom signed her out"
#: Whom only this source tells of.
HEARD, QUEUED, SEEN_BY_CLIENT = "Only Heard Of", "Only In The Queue", "Only Seen Here"
#: A meeting that only webhooks tell of.
ENDED_UUID, ENDED_TOPIC, ENDED_GUEST = "AAECAwQFBgcICQoLDA0ODw==", "Meeting that ended", "Guest Who Left"


@dataclass
class Capture:
    """What a tour leaves behind: the Redis keys, Zoom's grants, and what a browser knows (``facts``)."""

    keys: dict[str, StoredKey] = field(default_factory=dict)
    grants: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[StoredKey]:
        return [key for key in self.keys.values() if key.kind in kinds]

    @property
    def kinds(self) -> list[str]:
        return sorted({key.kind for key in self.keys.values()})

    def to_json(self) -> dict[str, Any]:
        return {"facts": self.facts, "grants": self.grants, "keys": to_json(self.keys.values())}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Capture":
        return cls({key.name: key for key in from_json(found["keys"])}, found["grants"], found["facts"])


def take_tour(stage: Stage) -> Capture:
    """Visit everything that stores something."""
    return _Tour(stage).run()


class _Tour:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.capture = Capture()
        self.dana = stage.browser()

    def run(self) -> Capture:
        self.connect()
        self.save_preferences()
        self.start_signins()
        self.cache_an_answer()
        self.look_at_running_meeting()
        self.meet_a_dashboard_limit()
        self.report_from_client()
        self.receive_webhooks()
        self.open_app_context()
        self.leave_a_one_time_link()
        self.read_a_long_list()
        self.read_recordings()
        self.schedule_meetings()
        self.receive_an_unverified_deauthorization()
        self.keep_a_draft()
        self.fail_to_refresh()
        self.use_up_the_day()
        self.collect("keys")
        self.capture.grants = [asdict(grant) for grant in self.stage.world.grants.by_user.values()]
        facts = {name: self.stage.world.user(name).id for name in ("dana", "priya")}
        self.capture.facts |= {"users": facts, "dana": self.dana.cookie}
        return self.capture

    # The steps, each with the kinds of record it is there for

    def connect(self) -> None:
        self.dana.connect("dana")
        self.collect("session", "tokens")

    def save_preferences(self) -> None:
        assert self.dana.post("/settings", data=PREFERENCES).status_code == 303
        self.collect("preferences")
        # The notice that the settings were saved is still in the session.
        self.collect("session")

    def start_signins(self) -> None:
        web, in_client = self.stage.browser(), self.stage.browser()
        address = web.get("/api/zoomapp/install").location
        begun = in_client.get("/api/zoomapp/authorize").json
        self.capture.facts["signins"] = {
            "web": {"cookie": web.cookie, "address": address},
            "in_client": {"cookie": in_client.cookie, **(begun or {})},
        }
        self.collect("begun")
        self.collect("session", replace=False)

    def cache_an_answer(self) -> None:
        change = self.dana.send("PATCH", "/zoom/api/v2/meetings/85000000101", json={"agenda": "Changed"})
        assert change.status_code == 204, change.text
        with self.collected_during(Fault(LIST_ROUTE, delay=0.1, count=1), "answers-lease"):
            assert self.dana.get(LIST).headers["X-Cache"] == "miss"
        self.collect("answers", "answers-version")
        # Reading the log writes what is pending.
        assert LIST_ROUTE.split()[1] in self.dana.open_page("/calls").text
        self.collect("calls")

    def look_at_running_meeting(self) -> None:
        with self.collected_during(Fault(DASHBOARD_ROUTE, delay=0.1, count=1), "snapshot:lease:viewer"):
            assert "Dana Okoye" in self.dana.open_page(PAGE).text
        assert "Weekly sync" in self.dana.open_page("/meetings?show=past").text
        self.collect("snapshot", "answered", "shared", "instance", "planned", "seen", "profile")

    def report_from_client(self) -> None:
        rows = [{"participantUUID": "A1", "screenName": SEEN_BY_CLIENT, "role": "attendee"}]
        body = {"uuid": self.stage.world.live_instance().uuid, "participants": rows}
        assert self.dana.post(f"{PAGE}/sighted", json=body).status_code == 204
        self.collect("sightings")

    def receive_webhooks(self) -> None:
        heard, queued = joined(self.stage, HEARD), joined(self.stage, QUEUED)
        assert self.stage.send_webhook(heard) == 204
        for event in ended_meeting(self.stage):
            assert self.stage.send_webhook(event) == 204
        self.collect("room", "rooms")
        # While another worker holds the lease, an event stays in the queue.
        lease = "zoomapp:{events}:lease"
        self.stage.redis.set(lease, "another worker", px=60_000)
        assert self.stage.send_webhook(queued) == 204
        self.collect("events:queue", "events:lease", "events:taken")
        self.stage.redis.delete(lease, "zoomapp:{events}:queue")
        self.capture.facts["events"] = {"heard": heard, "queued": queued}

    def meet_a_dashboard_limit(self) -> None:
        self.stage.clock.tick(16)
        with self.collected_during(Fault(DASHBOARD_ROUTE, delay=0.1, count=1), "snapshot:lease"):
            assert self.dana.get(f"{PAGE}/live").status_code == 200
        self.stage.clock.tick(16)
        limit = Fault(DASHBOARD_ROUTE, 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}, count=1)
        self.stage.world.faults.append(limit)
        self.dana.get(f"{PAGE}/live")
        self.collect("snapshot:pause")

    def open_app_context(self) -> None:
        blob = self.stage.world.seal_context("dana", theme="light")
        browser = self.stage.browser()
        assert browser.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob}).status_code == 302
        self.capture.facts["context"] = {"blob": blob, "cookie": browser.cookie}
        guest = self.stage.browser()
        blob = self.stage.world.seal_context(None)
        assert guest.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob}).status_code == 302
        self.collect("context")
        self.collect("session", replace=False)

    def leave_a_one_time_link(self) -> None:
        url = self.dana.post("/files", json={"address": FILE}).json["url"]
        self.capture.facts["file"] = url.removeprefix(APP)
        self.collect("file")

    def read_a_long_list(self) -> None:
        answers = [empty_page(), slow_page(1, "a"), empty_page()]
        self.stage.world.faults += answers
        assert "page 1 of 3" in self.dana.open_page("/meetings?show=scheduled").text
        self.stage.world.faults.clear()
        self.collect("steps")

    def read_recordings(self) -> None:
        assert "Weekly sync" in self.dana.open_page(RECORDINGS).text
        assert self.dana.open_page("/recordings/storage").status_code == 200
        self.collect("piece", "month")

    def schedule_meetings(self) -> None:
        """As many as it takes until the form warns."""
        form = {
            **fields_of_form(self.dana.open_page("/meetings/new").text),
            "topic": "Budget",
            **ZONE,
            "once": ONCE_KEY,
        }
        answer = self.dana.post("/meetings/new", data=form)
        assert answer.status_code == 303, answer.text
        self.capture.facts["scheduled"] = {"form": form, "location": answer.location}
        self.collect("once")
        for _ in range(89):
            assert self.dana.post("/meetings/new", data={**form, "once": ""}).status_code == 303
        self.collect("changes")

    def receive_an_unverified_deauthorization(self) -> None:
        event = {"event": "app_deauthorized", "payload": {"user_id": self.stage.world.user("dana").id}}
        assert self.stage.send_webhook(event, signed=False) == 204
        self.capture.facts["events"]["unverified"] = event
        self.collect("probe")

    def keep_a_draft(self) -> None:
        priya = self.stage.browser()
        priya.connect("priya")
        form = {**fields_of_form(priya.open_page("/meetings/new").text), "topic": DRAFT_TOPIC, **ZONE}
        self.stage.expire_access_token("priya")
        self.stage.world.faults.add("refused-refresh")
        assert priya.post("/meetings/new", data=form).status_code == 401
        self.capture.facts["priya"] = priya.cookie
        self.collect("tokens")
        self.collect("session", replace=False)

    def fail_to_refresh(self) -> None:
        self.stage.expire_access_token("dana")
        words = {"reason": "Too many requests", "error": "invalid_request"}
        limit = Fault(TOKEN_ROUTE, 429, {"Retry-After": "30"}, words, delay=0.1, count=1)
        with self.collected_during(limit, "lease"):
            assert self.dana.get("/zoom/api/v2/users/me").status_code >= 400
        self.collect("failure", "tokens")
        self.stage.world.grants.by_user[self.stage.world.user("dana").id].access_expires_at = (
            self.stage.world.now() + 3000
        )

    def use_up_the_day(self) -> None:
        self.stage.world.faults.add("user-limit", route="PATCH /v2/meetings/*")
        assert self.dana.send("PATCH", CHANGED_MEETING, json={"agenda": "Once more"}).status_code == 429
        self.collect("host-days")
        self.stage.world.faults.add("daily-limit", route=LIST_ROUTE)
        assert self.dana.get(f"{LIST}&page_size=7").status_code == 429
        self.collect("limits:days")

    # Collecting

    def collect(self, *kinds: str, replace: bool = True) -> None:
        """Take the keys of these kinds as they are now; without ``replace`` only those that were not taken before."""
        found = [key for key in dump(self.stage.redis, self.stage.clock()) if key.kind in kinds]
        missing = set(kinds) - {key.kind for key in found}
        assert not missing, f"no record of the kinds {', '.join(sorted(missing))}"
        self.capture.keys.update({key.name: key for key in found if replace or key.name not in self.capture.keys})

    @contextmanager
    def collected_during(self, fault: Fault, *kinds: str) -> Iterator[None]:
        """Take these kinds while the call that meets this fault waits."""
        self.stage.world.faults.append(fault)
        self.stage.during_a_delay = lambda: self.collect(*kinds)
        try:
            yield
        finally:
            self.stage.during_a_delay = lambda: None


def ended_meeting(stage: Stage) -> list[dict[str, Any]]:
    """The events of a meeting of Dana's that has ended."""
    events = []
    for name in ("meeting.started", "meeting.participant_joined", "meeting.ended"):
        event = joined(stage, ENDED_GUEST)
        meeting = event["payload"]["object"]
        meeting |= {"uuid": ENDED_UUID, "id": "85512340000", "topic": ENDED_TOPIC}
        if name != "meeting.participant_joined":
            del meeting["participant"]
        events.append({**event, "event": name})
    return events


def joined(stage: Stage, name: str) -> dict[str, Any]:
    """The event that somebody joined Dana's running meeting."""
    instance, now = stage.world.live_instance(), stage.clock()
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    participant = {
        "user_id": str(16_000_000 + len(name)),
        "user_name": name,
        "id": "",
        "email": "",
        "participant_uuid": re.sub(r"\W", "", name).upper(),
        "join_time": moment,
    }
    meeting = {
        "id": str(LIVE_MEETING),
        "uuid": instance.uuid,
        "host_id": stage.world.user("dana").id,
        "topic": "Product review",
        "participant": participant,
    }
    return {
        "event": "meeting.participant_joined",
        "event_ts": int(now * 1000),
        "payload": {"account_id": stage.world.user("dana").account_id, "object": meeting},
    }


def empty_page() -> Fault:
    """No meeting runs."""
    return Fault(f"{LIST_ROUTE}?type=live", 200, {}, {"meetings": []})


def slow_page(number: int, token: str, delay: float = 3) -> Fault:
    """A page of 300 meetings of 900."""
    meetings = [
        {"id": number * 1000 + n, "topic": f"Plan {number * 1000 + n}", "start_time": "2026-03-09T09:00:00Z"}
        for n in range(300)
    ]
    body = {"meetings": meetings, "next_page_token": token, "total_records": 900}
    return Fault(LIST_ROUTE, 200, {}, body, delay=delay, count=1)
