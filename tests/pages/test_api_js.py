"""static/js/api.js in Chromium: requests, results, errors and retries."""

import pytest


@pytest.fixture
def api(lab):
    """The lab with its page open. The script's own waits end at once."""
    lab.open()
    lab.page.evaluate(
        "() => { const real = setTimeout; "
        "window.setTimeout = (f, ms) => { (window.waits ??= []).push(ms); return real(f, 0); }; }"
    )
    return lab


def waits(lab):
    return lab.page.evaluate("() => window.waits ?? []")


def test_the_query_is_encoded_and_empty_values_are_left_out(api):
    api.answer(200, {"ok": 1})

    api.run(
        "const query = { type: 'live', next_page_token: 'a+/=', to: '', from: undefined }; "
        "return api.call('/users/me/meetings', { query })"
    )

    assert api.seen == [("GET", "/zoom/api/v2/users/me/meetings?type=live&next_page_token=a%2B%2F%3D", None)]


def test_a_body_is_sent_as_json_and_no_content_returns_null(api):
    api.answer(204)
    api.answer(202)

    assert api.run("return api.call('/meetings/1', { method: 'PATCH', body: { topic: 'Ü' } })") is None
    assert api.run("return api.call('/live_meetings/1/events', { method: 'PATCH', body: {} })") is None
    assert api.seen[0] == ("PATCH", "/zoom/api/v2/meetings/1", '{"topic":"Ü"}')


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (400, {"code": 4711, "message": "Invalid access token, does not contain scopes:[a:b, c:d]."}, "MissingScope"),
        (404, {"code": 3001, "message": "Meeting does not exist: 1."}, "NotFound"),
        (400, {"code": 300, "message": "Validation Failed."}, "ZoomError"),
        (200, {"code": 200, "message": "You do not have the right permissions."}, "ZoomError"),
    ],
)
def test_a_refusal_has_a_type_and_is_not_retried(api, status, body, name):
    api.answer(status, body, x_zm_trackingid="v=2.0;rid=WEB_1")

    error = api.run("return api.call('/meetings/1')")

    assert (error["name"], error["status"], error["zoomCode"]) == (name, status, body["code"])
    assert error["trackingId"] == "v=2.0;rid=WEB_1"
    assert len(api.seen) == 1


def test_a_missing_scope_lists_the_scopes(api):
    api.answer(400, {"code": 4711, "message": "x does not contain scopes:[a:b, c:d]."})

    assert api.run("return api.call('/users/me')")["scopes"] == ["a:b", "c:d"]


@pytest.mark.parametrize("trouble", [(429, {"error": "rate_limited"}), (502, {"error": "upstream_error"}), (0, None)])
def test_a_failed_get_is_retried(api, trouble):
    api.answer(*trouble)
    api.answer(200, {"id": "dana"})

    assert api.run("return api.call('/users/me')") == {"id": "dana"}


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("status", [0, 429, 502])
def test_a_failed_write_is_not_retried(api, method, status):
    api.answer(status, {"error": "x"})

    error = api.run(f"return api.call('/meetings/1', {{ method: '{method}', body: {{}} }})")

    assert error["name"] in ("Unreachable", "RateLimited")
    assert len(api.seen) == 1


def test_the_client_gives_up_after_three_tries_with_growing_waits(api):
    for _ in range(3):
        api.answer(503, {"error": "store_unavailable", "message": "gone"})

    error = api.run("return api.call('/users/me')")

    first, second = waits(api)
    assert error["name"] == "Unreachable"
    assert 400 <= first <= 600 < second <= 1200


def test_the_api_client_obeys_retry_after(api):
    api.answer(429, {"error": "rate_limited"}, Retry_After="2")
    api.answer(200, {})

    api.run("return api.call('/users/me')")

    assert waits(api) == [2000]


def test_a_long_retry_after_is_reported_without_waiting(api):
    api.answer(429, {"error": "rate_limited"}, Retry_After="3600")

    error = api.run("return api.call('/users/me')")

    assert (error["name"], error["retryAfterMs"]) == ("RateLimited", 3_600_000)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("7", 7000),
        ("1.5", 1500),
        ("Tue, 03 Mar 2026 00:00:05 GMT", 5000),
        ("2026-03-03T00:00:05Z", 5000),
        ("2026-03-02T00:00:00Z", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_every_form_of_retry_after_is_read(api, text, milliseconds):
    now = 1_772_496_000_000  # 2026-03-03T00:00:00Z

    assert api.run(f"return api.retryAfterMs({text!r}, {now})") == milliseconds


def test_a_lost_sign_in_is_renewed_once_and_the_call_is_repeated(api):
    api.answer(401, {"error": "unauthorized"})
    api.answer(200, {"id": "dana"})

    user = api.run(
        "api.onUnauthorized(async () => { window.renewed = true; return true; }); return api.call('/users/me')"
    )

    assert user == {"id": "dana"}
    assert api.page.evaluate("window.renewed")


@pytest.mark.parametrize("renew", ["null", "async () => true", "async () => false", "async () => { throw 1 }"])
def test_a_failed_renewal_of_the_sign_in_is_reported_to_the_page(api, renew):
    api.answer(401, {"error": "session_expired"})
    api.answer(401, {"error": "session_expired"})

    heard, error = api.run(f"""
      api.onUnauthorized({renew});
      let heard = 0;
      api.log.addEventListener("unauthorized", () => heard++);
      return api.call("/users/me").catch((error) => [heard, {{ name: error.name, code: error.code }}]);
    """)

    assert (heard, error) == (1, {"name": "NotConnected", "code": "session_expired"})


def test_a_401_of_zoom_is_a_refusal_and_starts_no_sign_in(api):
    api.answer(401, {"code": 124, "message": "Invalid access token."})

    heard, error = api.run("""
      let heard = 0;
      api.log.addEventListener("unauthorized", () => heard++);
      return api.call("/users/me").catch((error) => [heard, { name: error.name, zoomCode: error.zoomCode }]);
    """)

    assert (heard, error) == (0, {"name": "ZoomError", "zoomCode": 124})


def test_all_pages_of_a_list_are_loaded(api):
    api.answer(200, {"meetings": [1, 2], "next_page_token": "t/1", "total_records": 3})
    api.answer(200, {"meetings": [3], "next_page_token": ""})

    result = api.run("""
      const seen = [];
      const onPage = ({ page, total }) => seen.push([page, total]);
      const result = await api.allPages("/users/me/meetings", "meetings", { onPage });
      return { ...result, seen };
    """)

    assert (result["items"], result["complete"], result["seen"]) == ([1, 2, 3], True, [[1, 3], [2, 3]])
    assert "next_page_token=t%2F1" in api.seen[1][1]


def test_a_repeated_token_ends_the_list(api):
    for _ in range(2):
        api.answer(200, {"meetings": [1], "next_page_token": "same"})

    assert api.run("return api.allPages('/x', 'meetings')") == {"items": [1, 1], "complete": False}


def test_rows_loaded_before_a_failure_are_returned(api):
    api.answer(200, {"meetings": [1], "next_page_token": "t"})
    api.answer(400, {"code": 300, "message": "The next page token is invalid or expired."})

    result = api.run("const r = await api.allPages('/x', 'meetings'); return [r.items, r.complete, r.error.zoomCode]")

    assert result == [[1], False, 300]


def test_a_batch_keeps_the_order_and_limits_parallel_calls(api):
    parallel, outcomes = api.run("""
      let running = 0, most = 0;
      const task = (n) => async () => {
        most = Math.max(most, ++running);
        await new Promise((go) => setTimeout(go));
        running--;
        if (n === 3) throw new Error("three");
        return n;
      };
      const outcomes = await api.batch([1, 2, 3, 4, 5, 6].map(task), 2);
      return [most, outcomes.map((each) => each.value ?? each.reason.message)];
    """)

    assert (parallel, outcomes) == (2, [1, 2, "three", 4, 5, 6])


@pytest.mark.parametrize(
    ("uuid", "encoded"),
    [
        ("dwb4XYaQAkrWvaNAG+nIyw==", "dwb4XYaQAkrWvaNAG%2BnIyw%3D%3D"),
        ("mZ/f3MfttxSz5wUidTLRvw==", "mZ%2Ff3MfttxSz5wUidTLRvw%3D%3D"),
        ("/I84Pj7PRnR0S+zLVAnH1w==", "%252FI84Pj7PRnR0S%252BzLVAnH1w%253D%253D"),
        ("5+qTtJW0yMSkA//C45lemw==", "5%252BqTtJW0yMSkA%252F%252FC45lemw%253D%253D"),
    ],
)
def test_a_uuid_is_encoded_twice_if_zoom_requires_it(api, uuid, encoded):
    assert api.run(f"return api.segment('{uuid}')") == encoded


def test_the_call_log_of_the_script_has_every_call_without_its_content(api):
    api.answer(200, {"secret": "token"}, x_zm_trackingid="v=1", X_RateLimit_Remaining="9")

    entries = api.run("""
      const heard = [];
      api.log.addEventListener("call", (event) => heard.push(event.detail));
      await api.call("/users/me", { query: { q: "private" } });
      return heard;
    """)

    assert [(e["method"], e["path"], e["status"], e["trackingId"], e["remaining"]) for e in entries] == [
        ("GET", "/zoom/api/v2/users/me", 200, "v=1", "9")
    ]
    assert "private" not in str(entries)
    assert "token" not in str(entries)


def test_a_call_to_the_app_itself_is_repeated_after_a_renewed_sign_in(lab):
    lab.answer(401, {"error": "session_expired", "message": "Zoom signed you out."})
    lab.answer(200, {"url": "https://zoom.test/s/1"})
    lab.open()

    said = lab.run("""
      api.onUnauthorized(async () => true);
      return api.ask("/meetings/1/start", { tries: 1 });
    """)

    assert said == {"url": "https://zoom.test/s/1"}
    assert [target for _method, target, _body in lab.seen] == ["/meetings/1/start"] * 2
