"""`flask scopes`: the scopes that the app names are those that Zoom requires."""

import pytest

from tests.support.page_routes import readable
from tests.support.people import Person
from zoomapp.zoom import endpoints, scopes

#: Opening a page does not show these: a form needs them, or the page works without them.
NOT_ON_A_PAGE = {
    endpoints.OPEN_DEEPLINK,
    endpoints.PARTICIPANT_EVENTS,
    endpoints.CREATE_MEETING,
    endpoints.SEND_CHAT_MESSAGE,
    endpoints.READ_USER,
}
NOT_MENTIONED = {(endpoints.LIST_LIVE_PARTICIPANTS, "/"), (endpoints.LIST_RECORDINGS, "/recordings.csv")}
PAGES = {
    (use, page)
    for use in endpoints.IN_USE
    for page in use.pages
    if use not in NOT_ON_A_PAGE and "<" not in page and not page.endswith("storage")
} - NOT_MENTIONED


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=words)


@pytest.mark.parametrize(("use", "page"), sorted(PAGES, key=str), ids=lambda value: getattr(value, "scope", value))
def test_a_page_names_the_missing_scope_of_its_scope_use(app, world, use, page):
    world.load_story("live-meeting")
    world.switches.withheld_scopes = [use.scope, f"{use.scope}:admin"]
    person = Person(app, world, "dana")
    person.connect()

    shown = person.get(page, follow_redirects=True, headers={"Accept": "text/html"})

    assert use.scope in shown.text.replace("<wbr>", "")


def test_scope_uses_name_existing_routes(app):
    rules = {readable(rule) for rule in app.url_map.iter_rules()}

    assert {page for use in endpoints.IN_USE for page in use.pages} <= rules


def test_a_complete_grant_is_missing_no_scope(run, priya):
    result = run("scopes", "--user", priya.id)

    assert "No scope is missing." in result.stdout and result.exit_code == 0
    assert "no   dashboard:read:list_meeting_participants:admin" in result.stdout


def test_a_scope_that_a_user_did_not_grant_is_named(run, app, world):
    world.switches.withheld_scopes = ["meeting:delete:meeting"]
    person = Person(app, world, "priya")
    person.connect()

    result = run("scopes", "--user", person.id)

    assert result.exit_code == 1
    assert "no   meeting:delete:meeting" in result.stdout
    assert "Not granted: meeting:delete:meeting." in result.stdout


def test_an_admins_grant_is_compared_with_admin_scopes(run, app, world):
    world.switches.withheld_scopes = ["dashboard:read:list_meeting_participants:admin"]
    person = Person(app, world, "dana")
    person.connect()

    result = run("scopes", "--user", person.id)

    assert "Not granted: dashboard:read:list_meeting_participants:admin." in result.stdout
    assert "yes  meeting:read:list_meetings:admin" in result.stdout


def test_a_classic_scope_is_accepted():
    assert scopes.not_granted({"meeting:read"}, [endpoints.LIST_MEETINGS, endpoints.CREATE_MEETING]) == [
        endpoints.CREATE_MEETING
    ]
    assert scopes.not_granted({"recording:read:admin"}, [endpoints.LIST_RECORDINGS]) == []


def test_a_user_scope_does_not_replace_an_admin_scope():
    assert scopes.not_granted({"dashboard_meetings:read"}, [endpoints.LIST_LIVE_PARTICIPANTS]) == [
        endpoints.LIST_LIVE_PARTICIPANTS
    ]


def test_a_scope_that_the_app_does_not_use_is_named(run, dana):
    assert scopes.unused({"user:read:zak", "user:read:user"}) == ["user:read:zak"]
    assert "Granted, but not used: " in run("scopes", "--user", dana.id).stdout


def test_scopes_of_a_server_to_server_app_are_listed_apart(run):
    listed = run("scopes").stdout.partition("For the optional Server-to-Server app")

    assert [line.strip() for line in listed[2].splitlines()[1:]] == [
        "dashboard:read:list_meeting_participants:admin",
        "report:read:list_meeting_participants:admin",
    ]
    assert "For the optional" not in run("scopes", "--admin").stdout
