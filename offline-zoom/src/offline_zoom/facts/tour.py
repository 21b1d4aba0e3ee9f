"""Calls every simulated operation and lets the world live, and compares all with the facts."""

from __future__ import annotations

from urllib.parse import quote

from offline_zoom import web_portal
from offline_zoom.dates import day_of, iso, month_before
from offline_zoom.facts.comparing_caller import JSON, ComparingCaller, simulated_operations
from offline_zoom.facts.comparison import Comparison
from offline_zoom.facts.notation import unnamed
from offline_zoom.polls import RELEASE
from offline_zoom.stories.live_meeting import LIVE
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from offline_zoom.webhooks.delivery import Attempt
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import APP_ID

#: noon on a Wednesday in Berlin
NOON = 1772622000.0
STAND_UP, DESIGN_REVIEW = 85000000101, 85000000102
SYNC = quote(quote(FIXTURES[2], safe=""), safe="")
EDITED_SUMMARY = quote(quote(FIXTURES[3], safe=""), safe="")
#: example values of the parameters of paths
EXAMPLES = {"userId": "me", "meetingId": SYNC, "meetingUUID": SYNC, "pollId": RELEASE, "appId": APP_ID}
SERIES: JSON = {
    "topic": "Series",
    "type": 8,
    "start_time": "2026-04-01T09:00:00Z",
    "duration": 30,
    "agenda": "Numbers",
    "recurrence": {"type": 2, "weekly_days": "4", "end_times": 3},
    "settings": {"waiting_room": False, "approval_type": 0, "meeting_invitees": [{"email": "jonas@example.com"}]},
    "tracking_fields": [{"field": "Team", "value": "Design"}],
}


class Tour(ComparingCaller):
    """A caller that visits every operation and makes every event happen."""

    def __init__(self) -> None:
        super().__init__("live-meeting", NOON, EXAMPLES)

    def visit_users(self) -> None:
        for operation in ("GET /users", "GET /users/{userId}", "GET /users/summary", "GET /users/me/zak"):
            self.call(operation)
        for name in ("permissions", "presence_status", "settings", "token", "meeting_templates"):
            self.call(f"GET /users/{{userId}}/{name}")
        for option in ("meeting_authentication", "recording_authentication", "meeting_security"):
            self.call("GET /users/{userId}/settings", query={"option": option})
        self.call("GET /users/email", query={"email": "dana@example.com"})

    def visit_meetings(self) -> None:
        """Schedule, read, change, delete and recover meetings."""
        for kind in ("scheduled", "live", "upcoming", "previous_meetings"):
            self.call("GET /users/{userId}/meetings", query={"type": kind})
        self.call("GET /users/{userId}/upcoming_meetings")
        made = self.call("POST /users/{userId}/meetings", SERIES)
        self.call("POST /users/{userId}/meetings", {"type": 3, "topic": "Whenever"})
        number, first = made["id"], made["occurrences"][0]["occurrence_id"]
        one = f"/meetings/{number}"
        self.call("GET /meetings/{meetingId}", path=one)
        self.call("GET /meetings/{meetingId}", path=one, query={"occurrence_id": first})
        self.call("GET /meetings/{meetingId}", path="/meetings/4085551234")
        self.call("PATCH /meetings/{meetingId}", {"duration": 15}, path=one, query={"occurrence_id": first})
        self.call("DELETE /meetings/{meetingId}", path=one, query={"occurrence_id": first})
        changes = {**SERIES, "topic": "Moved", "timezone": "Europe/Berlin", "password": "abc123"}
        changes["start_time"] = "2026-04-02T10:00:00"
        changes["settings"] = {"mute_upon_entry": False, "focus_mode": True, "audio": "voip", "jbh_time": 5}
        self.call("PATCH /meetings/{meetingId}", changes, path=one)
        self.call("GET /meetings/{meetingId}/invitation", path=f"{one}/invitation")
        self.call("DELETE /meetings/{meetingId}", path=one)
        self.call("PUT /meetings/{meetingId}/status", {"action": "recover"}, path=f"{one}/status")
        for name in ("polls", f"polls/{RELEASE}", "survey"):
            template = f"GET /meetings/{{meetingId}}/{name}".replace(RELEASE, "{pollId}")
            self.call(template, path=f"/meetings/{WEEKLY}/{name}")

    def visit_registration(self) -> None:
        """Let people register for a meeting, if the offline Zoom has registration."""
        if unnamed("GET /meetings/{meetingId}/registrants") not in simulated_operations(self.world):
            return
        number = self.call("POST /users/{userId}/meetings", {"type": 2, "settings": {"approval_type": 1}})["id"]
        people = f"/meetings/{number}/registrants"
        body = {"email": "mei@example.net", "first_name": "Mei", "last_name": "Tan", "org": "Harbor"}
        person = self.call("POST /meetings/{meetingId}/registrants", body, path=people)["registrant_id"]
        others = {"registrants": [{"email": "oscar@example.net", "first_name": "Oscar", "last_name": "Lind"}]}
        self.call("POST /meetings/{meetingId}/batch_registrants", others, path=f"/meetings/{number}/batch_registrants")
        for action in ("approve", "deny", "cancel"):
            change = {"action": action, "registrants": [{"id": person}]}
            self.call("PUT /meetings/{meetingId}/registrants/status", change, path=f"{people}/status")
            self.call("GET /meetings/{meetingId}/registrants", path=people, query={"status": "approved"})
        self.call("GET /meetings/{meetingId}/registrants", path=people, query={"status": "pending"})
        self.call("GET /meetings/{meetingId}/registrants/questions", path=f"{people}/questions")

    def visit_past_meetings(self) -> None:
        self.call("GET /past_meetings/{meetingId}")
        for name in ("participants", "polls", "qa"):
            self.call(f"GET /past_meetings/{{meetingId}}/{name}")
        self.call("GET /past_meetings/{meetingId}/instances", path=f"/past_meetings/{WEEKLY}/instances")
        self.call("GET /meetings/meeting_summaries")
        self.call("GET /meetings/{meetingId}/meeting_summary")
        self.call("GET /meetings/{meetingId}/meeting_summary", path=f"/meetings/{EDITED_SUMMARY}/meeting_summary")
        self.call("GET /meetings/{meetingId}/transcript")
        self.world.switches.change({"transcript": "NOT_READY"})
        self.call("GET /meetings/{meetingId}/transcript")
        self.world.switches.change({"transcript": ""})

    def visit_reports(self) -> None:
        today = day_of(self.world.now())
        month = {"from": str(month_before(today)), "to": str(today)}
        self.call("GET /report/daily")
        for name in ("history_meetings", "users/{userId}/meetings"):
            self.call(f"GET /report/{name}", query=month)
        self.call("GET /report/upcoming_events", query={"from": str(today), "to": iso(self.world.now() + 20 * 86400)})
        self.call("GET /report/meetings/{meetingId}")
        self.call("GET /report/meetings/{meetingId}/participants", query={"include_fields": "registrant_id"})
        for name in ("polls", "qa", "survey"):
            self.call(f"GET /report/meetings/{{meetingId}}/{name}")
        for kind in ("past", "pastOne", "live"):
            self.call("GET /metrics/meetings", query={"type": kind, "include_fields": "tracking_fields", **month})
        self.call("GET /metrics/meetings/{meetingId}", query={"type": "past"})
        for kind, include in (("past", "registrant_id"), ("live", "")):
            path = f"/metrics/meetings/{SYNC if kind == 'past' else LIVE}/participants"
            self.call(
                "GET /metrics/meetings/{meetingId}/participants",
                path=path,
                query={"type": kind, "include_fields": include},
            )

    def visit_recordings(self) -> None:
        """List recordings, and trash, recover and delete one."""
        today = day_of(self.world.now())
        month = {"from": str(month_before(today)), "to": str(today)}
        self.call("GET /users/{userId}/recordings", query=month)
        self.call("GET /meetings/{meetingId}/recordings", query={"include_fields": "download_access_token"})
        for name in ("settings", "registrants", "registrants/questions", "analytics_summary", "analytics_details"):
            self.call(f"GET /meetings/{{meetingId}}/recordings/{name}")
        self.call("DELETE /meetings/{meetingId}/recordings")
        self.call("GET /users/{userId}/recordings", query={"trash": "true"})
        self.call("PUT /meetings/{meetingUUID}/recordings/status", {"action": "recover"})
        self.call("DELETE /meetings/{meetingId}/recordings", query={"action": "delete"})

    def visit_the_rest(self) -> None:
        self.call("POST /zoomapp/deeplink", {"action": "x"})
        manifest = self.call("GET /marketplace/apps/{appId}/manifest")["manifest"]
        self.call("POST /marketplace/apps/manifest/validate", {"manifest": manifest})
        self.call("POST /marketplace/apps/manifest/validate", {"manifest": {}})
        self.call("PUT /marketplace/apps/{appId}/manifest", {"manifest": manifest})
        self.visit_webhook_log()
        dana = self.world.user("dana")
        message = {"robot_jid": "v1bot@xmpp.zoom.us", "to_jid": dana.jid, "account_id": dana.account_id}
        self.call("POST /im/chat/messages", {**message, "content": {"head": {"text": "Hi"}}}, user="")

    def visit_webhook_log(self) -> None:
        """List an attempt that the app refused, and one without a response."""
        sender = self.app.extensions["webhooks"] = WebhookSender("https://app.example/hook", "secret", self.world.now)
        sender.enqueue({"event": "meeting.started", "event_ts": int(NOON * 1000), "payload": {}})
        sender.deliveries()[0].attempts += [Attempt(NOON, 500, 12), Attempt(NOON, 0, 3000, "ReadTimeout")]
        self.call("GET /marketplace/apps/{appId}/webhook_logs", query={"page_size": "1"})
        self.call("GET /marketplace/apps/{appId}/webhook_logs", query={"type": "1", "retry_num": "0"})
        del self.app.extensions["webhooks"]

    def hold_a_meeting(self) -> None:
        """A meeting with a waiting room, a breakout room, a recording and the AI Companion."""
        world = self.world
        instance = world.start_meeting(STAND_UP)
        host = world.join(instance, "dana")
        guest, other = (world.join(instance, None, name, waiting=True) for name in ("Guest", "Other"))
        world.leave(instance, other)
        inside = world.admit(instance, guest)
        world.set_role(instance, inside, "co-host")
        world.join_breakout_room(instance, inside, "Room 1")
        world.leave_breakout_room(instance, inside, "Room 1")
        world.put_in_waiting_room(instance, inside)
        for verb in ("recording.start", "recording.pause", "recording.resume", "recording.stop"):
            self.control(verb)
        self.control("ai_companion.start")
        self.control("ai_companion.stop", {"ai_companion_mode": "summary", "delete_meeting_assets": True})
        world.tick(600)
        world.leave(instance, host, "Dana left the meeting.")
        self.call("PUT /meetings/{meetingId}/status", {"action": "end"}, path=f"/meetings/{STAND_UP}/status")
        world.tick(3600)
        for change in ("updated", "shared", "trashed", "recovered", "deleted"):
            web_portal.change_summary(world, instance, change)

    def visit_web_portal(self) -> None:
        """Do what no operation does."""
        world, review = self.world, self.world.meetings[DESIGN_REVIEW]
        for step in ("waiting", "waiting_left", "joined"):
            web_portal.come_before_host(world, review, step, "Early Bird")
        web_portal.rename_recording(world, world.recordings[FIXTURES[3]], "Another name")
        web_portal.delete_permanently(world, review)

    def control(self, method: str, params: JSON | None = None) -> None:
        path = f"/live_meetings/{STAND_UP}/events"
        self.call("PATCH /live_meetings/{meetingId}/events", {"method": method, "params": params or {}}, path=path)

    def run(self) -> Comparison:
        """Visit everything. Returns what was compared."""
        self.visit_users()
        self.visit_meetings()
        self.visit_registration()
        self.visit_past_meetings()
        self.visit_reports()
        self.visit_recordings()
        self.visit_the_rest()
        self.hold_a_meeting()
        self.visit_web_portal()
        self.world.tick(9 * 3600)
        self.world.deauthorize("jonas")
        self.compare_rules()
        self.compare_events()
        return self.comparison
