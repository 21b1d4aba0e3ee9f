"""Recordings: the list, and downloads through the app, which never reveal a token."""

import re

import pytest

from offline_zoom.faults import Fault


def file_link(person):
    page = person.look("/recordings")
    assert page.status_code == 200
    return re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', page.text)[1]


def test_the_recording_list_contains_no_download_address_of_zoom(dana):
    assert "/rec/download" not in dana.look("/recordings").text


def test_a_file_is_streamed_and_the_storage_host_does_not_get_the_token(dana, world):
    link = file_link(dana)
    world.calls.clear()

    answer = dana.get(link)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) == int(answer.headers["Content-Length"])
    stored = [call for call in world.calls.all() if "authorization" not in {name.lower() for name in call.headers}]
    assert stored, "the storage host was not asked"


@pytest.mark.parametrize("refusal", ["401", "200", "html"])
def test_a_refused_download_is_not_sent_as_the_file(dana, world, refusal):
    link = file_link(dana)
    world.faults.append(
        Fault(
            "GET /rec/**",
            200 if refusal != "401" else 401,
            {"Content-Type": "text/html" if refusal == "html" else "application/json"},
            '{"status":false,"errorCode":124,"errorMessage":"Forbidden"}',
        )
    )

    assert dana.get(link).status_code in (401, 502)


def test_an_unknown_file_is_not_found(dana):
    link = file_link(dana)

    assert dana.get(link[:-16] + "0" * 16).status_code == 404
    assert dana.get("/recordings/nonsense/0000000000000000").status_code == 404
