"""Request targets of the proxy: accepted ones are sent unchanged, and none leaves ``/v2/``."""

import posixpath
import random
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.errors import BadRequest, UriTooLong
from zoomapp.zoom.request_target import relay_target

PASSES = [
    "/v2/users/me",
    "/v2/users/me/meetings?type=upcoming&page_size=30",
    "/v2/past_meetings/dwb4XYaQAkrWvaNAG%2BnIyw%3D%3D/participants",
    "/v2/past_meetings/%252FI84Pj7PRnR0S%252BzLVAnH1w%253D%253D",
    "/v2/past_meetings/5%252BqTtJW0yMSkA%252F%252FC45lemw%253D%253D",
    "/v2/past_meetings/a%2fb",
    "/v2/users/me/recordings?from=2026-01-01&to=2026-01-31&next_page_token=a%2Bb%3d%3d",
    "/v2/users/me/meetings?q=a|b[c]{d}^`e",
    "/v2/users/dana@example.com",
    "/v2/groups/",
    "/v2/users/%C3%A9?q=%E2%82%AC",
]

REFUSED = [
    "/oauth/token",
    "/v2",
    "/v2/",
    "/v1/users/me",
    "/v2/../oauth/token",
    "/v2/%2e%2e/oauth/token",
    "/v2/%252e%252e/oauth/token",
    "/v2/%25252e%25252e/oauth/token",
    "/v2/users/..%2f..%2foauth/token",
    "/v2/users/./me",
    "/v2/users/..;a=b/me",
    "/v2/users/%2e%2e%3b/me",
    "/v2/users/a%5c..%5cme",
    "/v2/users\\me",
    "/v2/users/me;a=b",
    "/v2//evil.example/x",
    "/v2/users//me",
    "/v2/users/%0d%0aX: y",
    "/v2/users/%00",
    "/v2/users/%",
    "/v2/users/%zz",
    "/v2/users/%2",
    "/v2/users/ü",
    "/v2/users/me?q=<script>",
    "/v2/users/me?q=%",
    "/v2/users/me#fragment",
    "/v2/users/me?access_token=x",
    "/v2/users/me?a=b&ACCESS_TOKEN=x",
    "/v2/users/me?access%5Ftoken=x",
    "/v2/users/me/zak",
    "/v2/users/me/token?type=zak",
    "/v2/users/me/%74oken?type=zak",
    "/v2/users/me/%2574oken",
    "/v2/im/chat/messages",
    "/v2/%c0%ae%c0%ae/oauth/token",
    "/v2/%e0%80%ae/x",
    "/v2/%25c0%25ae/x",
    "/v2/%2525c0%2525ae/x",
    "/v2/users/%ff",
    "/v2/users/%ed%a0%80",
    "/v2/users/%f4%90%80%80",
    "/v2/users/%e2%82",
    "/v2/users/me?q=%c0%ae",
    "/v2/users/me?q=%ff",
]


@pytest.mark.parametrize("target", PASSES)
def test_honest_targets_go_out_byte_for_byte(target):
    assert relay_target("/zoom/api" + target) == target


@pytest.mark.parametrize("target", REFUSED)
def test_targets_that_could_be_read_as_another_path_are_refused(target):
    with pytest.raises(BadRequest):
        relay_target("/zoom/api" + target)


@pytest.mark.parametrize(
    "raw", ["http://evil.example/oauth/token", "@evil.example/v2/x", "//evil.example/zoom/api/v2/x"]
)
def test_another_host_is_refused(raw):
    with pytest.raises(BadRequest):
        relay_target(raw)


def test_an_absolute_form_is_cut_to_its_path():
    assert relay_target("http://evil.example/zoom/api/v2/users/me") == "/v2/users/me"


def test_a_target_beyond_the_limit_is_too_long():
    with pytest.raises(UriTooLong):
        relay_target("/zoom/api/v2/" + "a" * 7000)


SEGMENTS = [
    "..",
    ".",
    "%2e",
    "%2E%2e",
    "%252e%252e",
    "%25252e",
    "%2f",
    "%5c",
    "\\",
    ";",
    "",
    "v2",
    "users",
    "a%2Fb",
    "@",
    ":",
    "oauth",
    "token",
    "%00",
    "%0a",
    "http:",
    "evil.example",
    "%",
    "..;",
    ".%2e",
    "%c0%ae",
    "‥",
    " ",
    "me",
    "1",
]


def generated(count):
    """Paths glued from what makes paths dangerous; the same ones at every run."""
    pick = random.Random(20260302)
    for _ in range(count):
        joint = pick.choice(["/", "/", "/", "", "%2f", "//"])
        yield joint.join(pick.choices(SEGMENTS, k=pick.randint(0, 7))) + pick.choice(["", "", "?x=1", "?../..", "#x"])


def stays_in_v2(target):
    """Read once, twice, four times: does it still lead below /v2?"""
    path = target.partition("?")[0]
    for _ in range(4):
        resolved = posixpath.normpath(path.replace("\\", "/"))
        if resolved != "/v2" and not resolved.startswith("/v2/"):
            return False
        path = unquote(path)
    return True


def test_no_generated_path_leaves_v2():
    passed = 0
    for path in generated(50_000):
        try:
            target = relay_target("/zoom/api/v2/" + path)
        except (BadRequest, UriTooLong):
            continue
        passed += 1
        assert target == "/v2/" + path
        assert stays_in_v2(target), target

    assert passed > 1000


@given(st.text(max_size=60))
def test_no_random_text_leaves_v2(text):
    try:
        target = relay_target("/zoom/api/v2/" + text)
    except (BadRequest, UriTooLong):
        return

    assert stays_in_v2(target)
