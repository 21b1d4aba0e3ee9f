"""One-time links: the system browser, which has no session, gets one file once within a minute."""

import re

import pytest

from tests.support.people import OWN
from tests.web.reading import read


def first(pattern, page):
    return re.search(f'href="({pattern})"', page)[1].replace("&amp;", "&")


@pytest.fixture
def files(dana):
    """An address of each kind of file."""
    past = first(r"/participants/[\w-]{22}", dana.look("/meetings?show=past").text)
    recordings = dana.look("/recordings").text
    return {
        "people": f"{past}.csv",
        "joins": f"{past}/events.csv",
        "program": f"{past}.json",
        "recording": first(r"/recordings/[^\"/]+/[0-9a-f]{16}", recordings),
        "spreadsheet": first(r"/recordings\.csv\?[^\"]+", recordings),
        "calendar": "/meetings/85000000101.ics",
        "calendar with passcode": "/meetings/85000000101.ics?passcode=1",
    }


def create_link(person, address):
    """Where the link for this file leads."""
    return person.post("/files", json={"address": address}).json["url"].removeprefix(OWN)


def test_a_one_time_link_serves_the_file_once_without_a_session(dana, app, files):
    for name, address in files.items():
        link, stranger = create_link(dana, address), app.test_client()

        got, again = stranger.get(link), stranger.get(link)

        assert got.data == dana.get(address).data, name
        assert got.headers["Content-Disposition"].startswith("attachment"), name
        assert "Set-Cookie" not in got.headers, name
        assert (got.status_code, again.status_code) == (200, 410), name
        assert "Content-Disposition" not in again.headers, name


def test_every_file_link_is_marked_for_the_script_that_creates_one_time_links(dana, files):
    pages = "".join(
        dana.look(page).text for page in ("/meetings/85000000101", "/meetings", "/recordings", files["people"][:-4])
    )
    marked = re.findall(r'href="([^"]+)"(?= data-file)', pages)

    assert {name for name, address in files.items() if address.replace("&", "&amp;") not in marked} == {
        "calendar with passcode"
    }


def test_a_one_time_link_used_for_another_file_is_refused_and_spent(dana, app, files):
    link, stranger = create_link(dana, files["people"]), app.test_client()
    key = link.rpartition("once=")[2]

    assert stranger.get(f"{files['program']}?once={key}").status_code == 410
    assert stranger.get(link).status_code == 410
    link = create_link(dana, files["calendar"])
    assert stranger.get(link.replace("?", "?passcode=1&")).status_code == 410


@pytest.mark.parametrize(
    "address", ["/", "/meetings", "/zoom/api/v2/users/me", "/meetings/1/passcode", "/nowhere", "https://a", "//[", ""]
)
def test_one_time_links_exist_for_files_only(dana, address):
    assert dana.post("/files", json={"address": address}).status_code == 400


def test_the_secret_of_a_one_time_link_opens_no_page(dana, app, files):
    key = create_link(dana, files["people"]).rpartition("once=")[2]

    assert app.test_client().get(f"/meetings?once={key}", headers={"Accept": "text/html"}).status_code == 401


def test_a_head_request_does_not_spend_a_one_time_link(dana, app, files):
    link, stranger = create_link(dana, files["people"]), app.test_client()

    assert stranger.head(link).status_code == 410
    assert stranger.get(link).status_code == 200


def test_a_one_time_link_fails_after_the_grant_was_deleted(dana, app, parts, files):
    link = create_link(dana, files["people"])

    parts.tokens.delete(dana.id)

    assert app.test_client().get(link).status_code == 410


def test_a_one_time_link_acts_as_its_creator_in_another_users_session(dana, priya, files):
    link = create_link(dana, files["calendar"])

    assert priya.browser.get(link).data == dana.get(files["calendar"]).data


def test_a_one_time_link_is_encrypted_and_expires_after_a_minute(dana, parts, files):
    create_link(dana, files["people"])

    (key,) = parts.redis.keys("zoomapp:*:file:*")

    assert 0 < parts.redis.ttl(key) <= 60
    assert b"/participants" not in parts.redis.get(key)


def test_a_used_one_time_link_says_how_to_get_another(dana, app, files):
    link, stranger = create_link(dana, files["people"]), app.test_client()
    stranger.get(link)

    page = stranger.get(link, headers={"Accept": "text/html"})

    assert "This link was used or has expired" in read(page, 410)


def test_another_site_cannot_create_a_one_time_link(dana, files):
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}

    assert dana.post("/files", json={"address": files["people"]}, headers=elsewhere).status_code == 403


def test_a_visitor_cannot_create_a_one_time_link(anyone):
    assert anyone.post("/files", json={"address": "/meetings/85000000101.ics"}).status_code == 401
