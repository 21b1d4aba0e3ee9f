"""A body that did not come whole changes nothing, whatever it was to be."""

import io
from urllib.parse import urlencode

import pytest

from tests.web.reading import fields

CREATE = "POST /v2/users/me/meetings"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def form(dana):
    """A schedule form as a browser sends it."""
    return urlencode({**fields(dana.look("/meetings/new").text), "topic": "Budget", "zone": "UTC"}).encode()


def as_gunicorn_hands_on(body, **announced):
    """What came, as if it were whole."""
    return {"environ_overrides": {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, **announced}}


def test_half_a_form_changes_nothing(dana, world, form):
    broken = as_gunicorn_hands_on(form[:-9], CONTENT_LENGTH=str(len(form)))

    answer = dana.post("/meetings/new", content_type=FORM, **broken)

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert world.calls.count(CREATE) == 0
    assert dana.post("/meetings/new", content_type=FORM, data=form).status_code == 303
    assert world.calls.count(CREATE) == 1


def test_a_form_in_chunks_is_not_cut_off_where_it_gets_too_long(dana, world, form):
    longer = form + b"&more=" + b"x" * 1024 * 1024
    chunked = as_gunicorn_hands_on(longer, HTTP_TRANSFER_ENCODING="chunked")

    answer = dana.post("/meetings/new", content_type=FORM, **chunked)

    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert world.calls.count(CREATE) == 0


def test_a_body_in_chunks_arrives_whole(dana, world, form):
    chunked = as_gunicorn_hands_on(form, HTTP_TRANSFER_ENCODING="chunked")

    assert dana.post("/meetings/new", content_type=FORM, **chunked).status_code == 303
    assert world.calls.count(CREATE) == 1


def test_half_an_authorization_is_none(anyone, world):
    broken = as_gunicorn_hands_on(b'{"code":"abc"}', CONTENT_LENGTH="40")

    answer = anyone.post("/api/zoomapp/onauthorized", content_type="application/json", **broken)

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert world.calls.count("POST /oauth/token") == 0
