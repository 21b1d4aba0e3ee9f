"""Every failure, at any layer, is answered with a reference and with Zoom's four headers."""

import logging

import pytest

from offline_zoom.faults import Fault
from tests.web.middleware.test_csrf import carries_what_zooms_client_looks_for

#: Answers of Zoom's to "who is this?" without a readable user.
NOBODY = ["[]", "null", "", "{}", '"dana"', "7", "[" * 60_000]
PAGES = ["/", "/help", "/privacy", "/settings", "/meetings", "/tools", "/nowhere", "/participants"]


def is_answered(answer, status=500):
    """Check a response of the app: its status, Zoom's four headers, and a reference to the log."""
    reference = answer.headers["X-Request-Id"]
    return answer.status_code == status and carries_what_zooms_client_looks_for(answer) and len(reference) == 16


@pytest.mark.parametrize("body", NOBODY)
@pytest.mark.parametrize("path", PAGES)
def test_pages_work_with_an_unreadable_profile(dana, world, path, body):
    world.faults.append(Fault("GET /v2/users/me", 200, {"Content-Type": "application/json"}, body))

    page = dana.look(path)

    assert page.status_code == (404 if path == "/nowhere" else 200)
    assert carries_what_zooms_client_looks_for(page)


def test_an_error_page_sends_no_call_to_zoom(dana, app, world):
    app.view_functions["info.privacy"] = lambda: {}["a fault"]

    assert is_answered(dana.look("/privacy"))
    assert len(world.calls) == 0


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/privacy", 500), ("/meetings/x/y/z", 404)])
@pytest.mark.parametrize("broken", ["context processor", "template"])
def test_a_failure_inside_the_error_page_gives_a_plain_error_page(anyone, app, path, status, broken):
    app.view_functions["info.privacy"] = lambda: {}["a fault"]
    if broken == "template":
        app.jinja_env.globals["url_for"] = None
    else:
        app.context_processor(lambda: {}["a fault"])

    page = anyone.look(path)

    assert is_answered(page, status)
    assert page.mimetype == "text/html"
    assert page.headers["X-Request-Id"] in page.text
    assert "<h1>" in page.text and "KeyError" not in page.text


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
@pytest.mark.parametrize("path", ["/help", "/nowhere", "/healthz", "/zoom/api/v2/users/me", "/api/zoomapp/home"])
def test_a_failure_after_the_view_gets_an_error_response_with_all_headers(anyone, app, accept, path):
    @app.after_request
    def fail(response):
        raise KeyError("a fault")

    answer = anyone.get(path, headers={"Accept": accept, "Sec-Fetch-Site": "same-origin"})

    assert is_answered(answer)
    assert "KeyError" not in answer.text


def test_a_failure_of_the_error_handler_is_answered(anyone, app):
    @app.errorhandler(Exception)
    def fail(error):
        raise KeyError("a fault")

    app.view_functions["info.privacy"] = lambda: {}["a fault"]

    page, answer = anyone.look("/privacy"), anyone.get("/privacy", headers={"Accept": "application/json"})

    assert is_answered(page) and page.mimetype == "text/html"
    assert "<h1>" in page.text
    assert is_answered(answer) and answer.json["error"] == "internal_error"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_failure_to_open_the_session_is_answered(dana, app):
    class Broken(type(app.session_interface)):
        def open_session(self, app, request):
            raise KeyError("a fault")

    app.session_interface.__class__ = Broken

    assert is_answered(dana.look("/help"))
    assert is_answered(dana.get("/healthz"))


def test_a_failure_in_the_wsgi_middleware_is_answered(dana, app):
    class Broken(type(app.session_interface)):
        def load(self, path, environ):
            raise KeyError("a fault")

    app.session_interface.__class__ = Broken

    answer = dana.get("/zoom/api/v2/users/me")

    assert is_answered(answer)
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_the_log_has_the_trace_under_the_reference(anyone, app, caplog):
    caplog.set_level(logging.ERROR, "zoomapp")
    logging.getLogger("zoomapp").addHandler(caplog.handler)

    @app.errorhandler(Exception)
    def fail(error):
        raise KeyError("a fault")

    app.view_functions["info.privacy"] = lambda: {}["a fault"]
    anyone.look("/privacy")
    logging.getLogger("zoomapp").removeHandler(caplog.handler)

    assert "unexpected failure" in [record.getMessage() for record in caplog.records if record.exc_info]
