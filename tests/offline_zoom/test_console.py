"""The console at ``/``: its lists, and every form on it, without a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from offline_zoom.app import create_app
from offline_zoom.call_log import Call
from offline_zoom.console.choices import DELIVERY_FAULTS, DISAGREEMENTS, MORE_SWITCHES
from offline_zoom.console.text import payload
from offline_zoom.fault import Fault
from offline_zoom.fault_presets import EFFECTS, PRESETS
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World
from tests.offline_zoom.conftest import NOON, caller
from tests.offline_zoom.test_webhooks import SECRET, Receiver

DOCS = Path(__file__).resolve().parents[2] / "docs" / "offline-zoom.md"


class Console:
    """The console of one world, without a browser."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, create_app(world)
        self.client = self.app.test_client()

    def html(self, query: str = "") -> str:
        answer = self.client.get(f"/{query}")
        assert answer.status_code == 200
        return answer.text

    def text(self, query: str = "") -> str:
        """The page as people read it."""
        return plain(self.html(query))

    def rows(self, name: str, query: str = "") -> list[str]:
        """The text of each row of a list."""
        start = rf'<(?:tr|li) id="{name}-(?=[^"]*"[^>]*>)'
        return [plain("<" + row.partition("</section>")[0]) for row in re.split(start, self.html(query))[1:]]

    def post(self, query: str = "", **form: str) -> str:
        """Send a form that must work. Returns the address it leads to."""
        answer = self.client.post(f"/{query}", data=form)
        assert answer.status_code == 303, plain(answer.text)
        return answer.location

    def refusal(self, **form: str) -> str:
        """The page after a form that is refused."""
        answer = self.client.post("/", data=form)
        assert answer.status_code == 400
        return answer.text


def plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.replace("<wbr>", ""))))


@pytest.fixture
def console(world: World) -> Console:
    return Console(world)


@pytest.fixture
def live(clock) -> Console:
    """A console of a world in which a meeting runs."""
    return Console(World("live-meeting", clock=clock))


def test_console_shows_story_clock_and_user_and_says_what_is_empty(console):
    answer, text = console.client.get("/"), console.text()

    assert "A quiet day" in text and "11:00:00 UTC Wed, Mar 4, 2026" in text and "Dana Okoye Admin, business" in text
    for sentence in ("No calls yet.", "No webhook address is configured.", "No meeting is running."):
        assert sentence in text
    assert "No user has granted access yet." in text and "No faults are planned." in text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?! src=)|<style|\son[a-z]+=|\sstyle=", answer.text)


def test_former_page_of_faults_leads_to_the_console(console):
    assert console.client.get("/faults").location == "/#faults"
    assert console.client.post("/faults", data={"preset": "slow"}).location == "/"
    assert [fault.name for fault in console.world.faults] == ["slow"]


def test_console_is_no_call_and_has_no_fault_except_under_zooms_names(console):
    console.world.faults.append(Fault("* **", 503))

    assert "No calls yet." in console.text()
    assert console.post(do="clear-calls") == "/"
    assert console.client.get("/", headers={"Host": "zoom.us"}).status_code == 503
    assert [call.path for call in console.world.calls.all()] == ["/"]


def test_forms_change_story_user_consent_and_time_and_lead_back_to_the_same_lists(console):
    world = console.world
    assert console.post("?failures=1&calls=200", minutes="1.5") == "/?failures=1&calls=200"
    console.post(user=world.user("jonas").id, consent="auto")
    changed = (world.now(), world.me.key, world.switches.auto_consent)
    console.post(story="all-hands")

    assert changed == (NOON + 90, "jonas", True)
    assert world.story == "all-hands" and "1 min 30 s ahead of this machine" in console.text()
    world.start_meeting(next(iter(world.meetings)))
    console.post(story="all-hands")
    assert len([one for one in world.instances.values() if one.live(world.now())]) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "dance"}, "There is no such action."),
        ({}, "There is no such action."),
        ({"story": "nonsense"}, "There is no such story."),
        ({"minutes": "soon"}, "Type the minutes as a number"),
        ({"minutes": "-1"}, "Time only goes forward."),
        ({"minutes": "1e300"}, "That is too much time"),
        ({"user": "nobody", "consent": "auto"}, "There is no such user."),
        ({"consent": "perhaps"}, "The consent page either asks or allows."),
        ({"preset": "nonsense"}, "There is no such fault."),
        ({"preset": "slow", "count": "0"}, "Type how often as a whole number"),
        ({"preset": "slow", "count": "often", "route": "GET /v2/kept"}, "Type how often as a whole number"),
        ({"preset": "slow", "route": "nowhere"}, "Type the route as a method and a path"),
        ({"do": "start-meeting", "meeting": "1"}, "There is no such meeting."),
        ({"do": "end-meeting", "meeting": "x"}, "This meeting is not running anymore."),
        ({"do": "join", "meeting": "LIVE", "user": "nobody"}, "There is no such user."),
        ({"do": "leave", "meeting": "LIVE", "person": "1"}, "This person is no longer in the meeting."),
        ({"do": "admit", "meeting": "LIVE", "person": "HOST"}, "This person is not in the waiting room."),
        ({"do": "expire-access", "user": "nobody"}, "There is no such user."),
        ({"do": "validate-webhooks"}, "No webhook address is configured."),
        ({"do": "change-switches", "limits": "many", "summary": "off"}, "Rate limits: there is no value many."),
    ],
)
def test_refused_form_says_why_and_changes_nothing(live, form, sentence):
    world = live.world
    uuid = world.live_instance().uuid
    host = next(join for join in world.live_instance().present(world.now()) if join.role == "host")
    values = {name: {"LIVE": uuid, "HOST": host.user_id}.get(value, value) for name, value in form.items()}
    before = (world.story, world.now(), world.me, repr(world.switches), len(world.live_instance().joins))

    page = live.refusal(**values)

    assert sentence in plain(page) and 'role="alert"' in page
    assert (world.story, world.now(), world.me, repr(world.switches), len(world.live_instance().joins)) == before
    assert not world.faults
    for name in {"minutes", "count", "route"} & set(form):
        assert f'value="{form[name]}"' in page


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:5050", "http://["])
def test_form_of_another_origin_changes_nothing(console, origin):
    def status(**headers: str) -> int:
        return console.client.post("/", data={"minutes": "5"}, headers=headers).status_code

    assert status(Origin=origin) == 403
    assert status() == status(Origin="http://localhost") == 303
    assert console.world.now() == NOON + 600


def test_people_join_wait_are_admitted_and_leave_a_meeting(console):
    console.post(do="start-meeting", meeting="85000000101")
    meeting = console.world.live_instance(85000000101)

    def act(do: str, name: str = "", **form: str) -> list[str]:
        present = {join.name: join.user_id for join in meeting.present(console.world.now())}
        console.post(do=do, meeting=meeting.uuid, **({"person": present[name]} if name else {}), **form)
        return [re.sub(r" since.*", "", row).strip() for row in console.rows("person")]

    empty = "Nobody is in this meeting." in console.text()
    assert empty and "1 running" in console.text()
    assert act("join", user="dana") == ["Dana Okoye host"]
    assert act("wait", name="") == ["Guest waiting", "Dana Okoye host"]
    assert "1 in the meeting, 1 waiting" in console.text()
    assert act("admit", "Guest") == ["Dana Okoye host", "Guest attendee"]
    assert act("put-in-waiting-room", "Guest") == ["Guest waiting", "Dana Okoye host"]
    assert act("leave", "Guest") == ["Dana Okoye host"]
    console.post(do="end-meeting", meeting=meeting.uuid)
    assert "No meeting is running." in console.text()


def test_tokens_are_listed_with_scopes_age_and_end_and_are_never_whole(console, clock):
    world = console.world
    dana, jonas = (caller(world, key) for key in ("dana", "jonas"))
    world.grants.grant_app("", ["imchat:bot"], "app")
    clock.at += 120
    first, second, app = console.rows("token")

    assert "Dana Okoye" in first and f"…{dana.access_token[-4:]} in 58 min" in first and "Age 2 min" in first
    assert f"{len(world.scopes('dana'))} scopes" in first and "meeting:read:meeting:admin" in first
    assert "Chatbot" in app and "Refresh" not in app
    for grant in (*world.grants.by_user.values(), *world.grants.app_tokens.values()):
        for token in filter(None, (grant.access_token, grant.refresh_token)):
            assert token[-8:] not in console.html()
    assert jonas.get("/users/me").status_code == 200 and "Jonas Weber" in second


def test_tokens_of_one_user_or_of_all_are_expired_revoked_and_removed(console):
    world = console.world
    dana, jonas = (caller(world, key) for key in ("dana", "jonas"))
    grants = world.grants.by_user

    console.post(do="expire-refresh", user="dana")
    console.post(do="expire-access", user="dana")
    assert dana.get("/users/me").json()["message"] == "Access token is expired."
    assert "expired 0 s ago" in console.rows("token")[0]
    console.post(do="revoke-access", user="dana")
    assert dana.get("/users/me").json()["message"] == "Invalid access token."
    assert jonas.get("/users/me").status_code == 200
    assert [grant.refresh_expires_at > world.now() for grant in grants.values()] == [False, True]
    console.post(do="deauthorize", user="dana")
    assert list(grants) == [world.user("jonas").id]
    console.post(do="expire-access")
    assert jonas.get("/users/me").status_code == 401


def test_calls_are_listed_newest_first_and_filtered_by_route_and_by_failures(console):
    dana = caller(console.world, "dana")
    dana.get("/users/me")
    dana.get("/meetings/1")
    console.client.post("/oauth/token", auth=("sandbox-client-id", "wrong"))
    console.world.calls.add(Call("GET", "/v2/users"))

    def paths(query: str) -> list[str]:
        return [re.search(r"/\S+", row)[0] for row in console.rows("call", query)]

    assert paths("") == ["/v2/users", "/oauth/token", "/v2/meetings/1", "/v2/users/me"]
    assert paths("?failures=1") == ["/v2/users", "/oauth/token", "/v2/meetings/1"]
    assert paths("?route=GET+/v2/users/*") == paths("?route=users/me") == ["/v2/users/me"]
    assert paths("?route=post+/oauth/token") == ["/oauth/token"]
    assert "No call matches this filter." in console.text("?route=/nowhere")
    dropped, refused, _, answered = console.rows("call")
    assert "no answer" in dropped and "sandbox-client-id" in refused
    assert " 200 " in answered and answered.endswith(" dana ")
    console.post(do="clear-calls")
    assert "No calls yet." in console.text()


def test_details_of_a_call_have_its_headers_without_secrets(console):
    dana = caller(console.world, "dana")
    dana.headers["X-Program"] = "mine"
    dana.call("GET", "/users/me", access_token="s3cret")
    number = console.world.calls.all()[0].number
    page = console.html(f"?call={number}")

    details = console.rows(f"call-{number}", f"?call={number}")[0]
    assert "X-Program mine" in details and "Authorization (removed)" in details and "X-Sandbox 1" in details
    assert "s3cret" not in page and dana.access_token not in page
    assert f'href="/#call-{number}"' in page
    assert console.html("?call=999999999999999999999999") and console.html("?call=x")


def test_long_lists_show_a_hundred_rows_and_more_on_request(console, clock):
    for number in range(250):
        console.world.calls.add(Call("GET", f"/v2/meetings/{number}", status=200))
    crowd = Console(World("all-hands", clock=clock))
    clock.at += 3600

    assert len(console.rows("call")) == 100 and "100 of 250 shown" in console.text()
    assert 'href="/?calls=200#calls"' in console.html()
    assert len(console.rows("call", "?calls=300")) == 250
    assert len(crowd.rows("person")) == 100
    assert len(crowd.rows("person", "?people=200")) == 200


@pytest.fixture
def hooks(console, clock):
    """A console whose webhooks go to a receiver, sent by ``console.sender.run_due()``."""
    receiver = Receiver()
    console.sender = WebhookSender(receiver.url, SECRET, clock)
    console.receiver, console.app.extensions["webhooks"] = receiver, console.sender
    console.world.on_event(console.sender.enqueue)
    yield console
    receiver.close()


def test_webhooks_are_listed_with_payload_and_answer_and_are_retried(hooks):
    hooks.receiver.statuses = [500]
    assert "not validated" in hooks.text() and "No events yet." in hooks.text()
    hooks.post(do="start-meeting", meeting="85000000101")
    assert "queued meeting.started" in hooks.text()
    hooks.sender.run_due()
    number = hooks.sender.deliveries()[0].number
    failed = next(row for row in hooks.rows("delivery") if "meeting.started" in row)
    page = hooks.html(f"?delivery={number}")

    assert " 500 " in failed and "1, next 11:05:00" in failed and "Retry" in failed
    assert "validated" in hooks.text() and "endpoint.url_validation" in hooks.text()
    assert "&#34;event&#34;: &#34;meeting.started&#34;,\n" in page
    hooks.post(do="retry-delivery", delivery=str(number))
    hooks.sender.run_due()
    assert hooks.sender.deliveries()[0].delivered
    validation = hooks.sender.deliveries()[-1].number
    assert "encryptedToken" in hooks.text(f"?delivery={validation}")


def test_webhooks_are_validated_and_get_faults(hooks):
    hooks.post(do="validate-webhooks")
    hooks.post(do="change-delivery-faults", duplicates="1", odd="no-times", lost="False")
    faults = hooks.sender.faults

    assert hooks.sender.validated_until > hooks.world.now()
    assert (faults.duplicates, faults.odd, faults.lost) == (1, "no-times", False)
    assert "there is no value 7" in plain(hooks.refusal(do="change-delivery-faults", duplicates="7"))


def test_token_for_recordings_is_masked_in_a_payload(hooks):
    event = {"event": "recording.completed", "event_ts": 1, "download_token": "a" * 30 + "wxyz", "payload": {}}
    hooks.sender.enqueue(event)

    page = hooks.text(f"?delivery={hooks.sender.deliveries()[0].number}")

    assert '"download_token": "…wxyz"' in page and "aawxyz" not in page


def test_token_for_recordings_is_masked_in_a_payload_that_is_not_utf_8():
    token = "a" * 30 + "wxyz"

    shown = payload(b'{"topic": "\xff", "download_token": "%s"}' % token.encode())

    assert '"topic": "\\udcff"' in shown and '"…wxyz"' in shown and token not in shown


def test_faults_are_added_by_name_with_a_count_and_removed(console):
    world = console.world
    console.post(preset="cut-body", route="GET /v2/users/*", count="2")
    console.post(preset="slow", count="")
    world.faults.append(Fault("GET /v2/users", 503, mutate=["list-null"]))
    world.faults.of_story = [Fault("GET /v2/meetings/*", mutate=["list-of-days"])]
    rows = console.rows("fault")

    assert rows[0].split("Remove")[0].split() == f"cut-body {EFFECTS['cut-body']} GET /v2/users/* 2 more times".split()
    assert "until cleared" in rows[1]
    assert "custom status 503, mutate list-null GET /v2/users" in rows[2]
    assert "of the story mutate list-of-days" in console.rows("story-fault")[0]
    console.post(do="remove-fault", fault=re.search(r'name="fault" value="(\d+)"', console.html())[1])
    assert [fault.name for fault in world.faults] == ["slow", ""]
    console.post(preset="stale-token", count="1")
    assert world.faults[-1].count is None
    console.post(do="clear-faults")
    assert world.faults == []


def test_console_says_what_each_fault_does(console):
    assert set(EFFECTS) == set(PRESETS)
    assert all(f"{name}: {words}" in console.text() for name, words in EFFECTS.items())


def test_switches_are_changed_and_unusual_values_stay(console):
    world = console.world
    world.switches.change({"invalid_client_status": 403})
    form = {choice.name: str(list(choice.words)[-1]) for choice in (*DISAGREEMENTS, *MORE_SWITCHES)}

    console.post(do="change-switches", **{**form, "invalid_client_status": "403"})

    switches = world.switches
    assert (switches.missing_scope_code, switches.strict_redirect, switches.limits) == (4700, True, "plan")
    assert (switches.summary, switches.invalid_client_status) == ("not-shared", 403)
    assert '<option value="4700" selected>' in console.html()


def test_console_offers_every_documented_disagreement():
    table = DOCS.read_text().partition("### Where Zoom's sources disagree")[2].partition("\n## ")[0]
    cells = re.findall(r"\| (?:switch(?:es)?|fault) ([^|]*)\|\n", table)
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} - {"api_url"}

    assert "missing_scope_code" in documented
    assert documented <= {choice.name for choice in (*DISAGREEMENTS, *DELIVERY_FAULTS)}


@pytest.mark.parametrize("story", ["odd-data", "attacking-names"])
def test_odd_names_are_text(clock, story):
    console = Console(World(story, clock=clock))
    if not console.world.live_instance():
        console.world.start_meeting(next(iter(console.world.meetings)))
    console.world.join(console.world.live_instance(), None, "<img src=x onerror=alert(1)> \ud83d")

    page = console.html()

    assert "<img" not in page and "&lt;img src=x onerror=alert(1)&gt; \\ud83d" in page
