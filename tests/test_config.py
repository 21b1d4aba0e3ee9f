"""Wrong settings are all reported at once, and no secret is printed."""

import base64
import time
from dataclasses import replace

import pytest

from zoomapp.config import Settings, is_loopback
from zoomapp.errors import ConfigError
from zoomapp.services import clock_of

GOOD = {
    "ZOOM_CLIENT_ID": "client",
    "ZOOM_CLIENT_SECRET": "hush-client-secret",
    "PUBLIC_URL": "https://rollcall.example",
    "SECRET_KEY": "hush-" * 8,
    "TOKEN_ENCRYPTION_KEYS": "ab" * 32,
    "REDIS_URL": "redis://:hush-password@cache.example:6379/0",
    "ZOOM_WEBHOOK_SECRET": "hush-webhook",
}


def problems(**change):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({**GOOD, **change})
    return caught.value.problems


def test_an_empty_environment_names_every_missing_variable():
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({})

    named = {problem.split()[0] for problem in caught.value.problems}
    assert named == set(GOOD) - {"ZOOM_WEBHOOK_SECRET"}


def test_several_wrong_settings_are_reported_together():
    found = problems(PUBLIC_URL="rollcall", COOKIE_MODE="strict", SECRET_KEY="short")

    assert [problem.split()[0] for problem in found] == ["PUBLIC_URL", "SECRET_KEY", "COOKIE_MODE"]


def test_no_secret_prints():
    shown = repr(Settings.from_env(GOOD))

    assert "hush" not in shown and "abab" not in shown


def test_keys_are_read_in_both_forms_newest_first():
    key = bytes(range(32))
    text = f"{base64.b64encode(key).decode()}, {'cd' * 32}"

    assert Settings.from_env({**GOOD, "TOKEN_ENCRYPTION_KEYS": text}).token_encryption_keys == (key, b"\xcd" * 32)


@pytest.mark.parametrize("text", ["short", "ab" * 31, "zz" * 32, base64.b64encode(bytes(31)).decode()])
def test_a_key_of_another_size_is_refused(text):
    assert problems(TOKEN_ENCRYPTION_KEYS=text)[0].startswith("TOKEN_ENCRYPTION_KEYS holds a key")


@pytest.mark.parametrize("name", ["PUBLIC_URL", "ZOOM_HOST", "ZOOM_API_HOST"])
@pytest.mark.parametrize(
    "address",
    [
        *("http://zoom.us", "https://zoom.us/path", "ftp://zoom.us", "https://", "https://u@zoom.us", "https://["),
        *(
            r"https://evil.example\@zoom.us",
            "https://zoom.us:x",
            "https://zo\u00f6m.us",
            "https://127.1",
            "https://a..b",
        ),
    ],
)
def test_an_address_must_be_an_https_origin(name, address):
    assert problems(**{name: address})[0].startswith(name)


@pytest.mark.parametrize("address", ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000"])
def test_plain_http_is_for_loopback(address):
    assert Settings.from_env({**GOOD, "ZOOM_HOST": address + "/"}).zoom_host == address


def test_the_redirect_uri_follows_from_the_public_url():
    assert Settings.from_env(GOOD).redirect_uri == "https://rollcall.example/api/zoomapp/auth"


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "10.0.0.1", None, ""])
def test_other_hosts_are_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("address", ["http://127.0.0.1:3000", "http://localhost:3000/", "http://[::1]:3000"])
def test_a_development_server_is_on_this_machine(address):
    assert Settings.from_env({**GOOD, "FRONTEND_URL": address}).frontend_url == address.rstrip("/")


@pytest.mark.parametrize("address", ["https://frontend.example", "http://10.0.0.1:3000", "https://169.254.169.254"])
def test_a_development_server_elsewhere_is_refused_in_clear_words(address):
    (problem,) = problems(FRONTEND_URL=address)

    assert problem.startswith("FRONTEND_URL must be a loopback address") and "FRONTEND_DIR" in problem


def test_a_frontend_folder_without_a_page_is_refused(tmp_path):
    assert problems(FRONTEND_DIR=str(tmp_path)) == [
        "FRONTEND_DIR must be the folder of a build, with an index.html in it."
    ]


def test_a_build_and_a_development_server_exclude_each_other(tmp_path):
    (tmp_path / "index.html").touch()

    (problem,) = problems(FRONTEND_DIR=str(tmp_path), FRONTEND_URL="http://127.0.0.1:3000")
    assert problem.startswith("FRONTEND_DIR and FRONTEND_URL exclude each other")


@pytest.mark.parametrize("text", ["-1", "3", "1.5", "soon"])
def test_the_rate_limit_wait_is_at_most_two_seconds(text):
    assert problems(RATE_LIMIT_WAIT_SECONDS=text)[0].startswith("RATE_LIMIT_WAIT_SECONDS must be 0, 1 or 2")
    assert Settings.from_env({**GOOD, "RATE_LIMIT_WAIT_SECONDS": "2"}).rate_limit_wait_seconds == 2


@pytest.mark.parametrize("text", [",", " , ", ",,,"])
def test_a_list_without_a_key_is_a_named_fault(text):
    assert problems(TOKEN_ENCRYPTION_KEYS=text) == ["TOKEN_ENCRYPTION_KEYS holds no key."]


NO_ADDRESSES = [
    "https://[",
    "https://[::1",
    "https://]",
    "https://a:99999999",
    "https://a:b",
    "https://\\evil",
    "//",
    "[",
]
NO_ADDRESSES += ["https://rollcall.example\\@evil.example", "https://roll\ncall.example", "https://rollcall.éxample"]


@pytest.mark.parametrize("name", ["PUBLIC_URL", "ZOOM_HOST", "ZOOM_API_HOST", "FRONTEND_URL", "IN_CLIENT_REDIRECT"])
@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_nonsense_in_place_of_an_address_is_a_named_fault(name, address):
    (problem,) = problems(**{name: address})

    assert problem.startswith((f"{name} must be", f"{name} has a port that is not a number"))


@pytest.mark.parametrize("url", ["redis://[", "redis://", "redis://a:b", "redis://a:0/1", "redis+cluster://a:1,b:x"])
@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+cluster"])
def test_nonsense_in_place_of_redis_is_a_named_fault(scheme, url):
    assert problems(REDIS_URL=url.replace("redis", scheme, 1))[0].startswith("REDIS_URL must")


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache.example",
        "redis://[::1]:6379/0",
        "rediss://user:p%40ss@cache.example:6380/2",
        "redis+cluster://:hush@a.example:1,b.example:2",
        "redis+sentinel://user:hush@a.example:26379,b.example/main/3",
    ],
)
def test_every_kind_of_redis_address_is_taken(url):
    assert Settings.from_env({**GOOD, "REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize("name", ["SESSION_DAYS", "GRANT_DAYS", "REFRESH_MARGIN_SECONDS", "WEB_THREADS"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "9" * 9, "9" * 5000, "１２", "1e3"])
def test_a_number_that_is_none_or_too_large_is_a_named_fault(name, text):
    assert problems(**{name: text})[0].startswith(f"{name} must be")


def test_pages_may_ask_zoom_for_each_view():
    assert Settings.from_env({**GOOD, "PAGE_CACHE_SECONDS": "0"}).page_cache_seconds == 0
    assert problems(PAGE_CACHE_SECONDS="-1")[0].startswith("PAGE_CACHE_SECONDS must be")


def test_two_client_secrets_are_read_newest_first():
    settings = Settings.from_env({**GOOD, "ZOOM_CLIENT_SECRET": " new-hush , old-hush "})

    assert settings.zoom_client_secrets == ("new-hush", "old-hush")
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("text", [",", "new,", ",old", "a,b,c"])
def test_list_of_client_secrets_that_is_not_one_or_two_is_a_named_fault(text):
    (problem,) = problems(ZOOM_CLIENT_SECRET=text)

    assert problem.startswith("ZOOM_CLIENT_SECRET holds")


def test_clock_of_an_offline_zoom_is_refused_with_the_real_one():
    offline = {**GOOD, "ZOOM_HOST": "http://127.0.0.1:4000", "CLOCK_OFFSET_FILE": "/tmp/clock"}

    assert Settings.from_env(offline).clock_offset_file == "/tmp/clock"
    assert problems(CLOCK_OFFSET_FILE="/tmp/clock")[0].startswith("CLOCK_OFFSET_FILE is for development")
    assert problems(CLOCK_OFFSET_FILE="/tmp/clock", ZOOM_HOST="https://zoom.example")


def test_clock_follows_the_offset_file_and_is_the_machines_without_it(settings, tmp_path):
    path = tmp_path / "clock"
    clock = clock_of(replace(settings, clock_offset_file=str(path)))

    assert abs(clock() - time.time()) < 60
    path.write_text("86400.0\n")
    assert abs(clock() - time.time() - 86400) < 60
    path.write_text("not a number")
    assert abs(clock() - time.time()) < 60
    assert clock_of(settings) is time.time


ACCOUNT = {
    "ZOOM_ACCOUNT_ID": "account",
    "ZOOM_S2S_CLIENT_ID": "client",
    "ZOOM_S2S_CLIENT_SECRET": "hush-account-secret, hush-older",
}


def test_account_credentials_are_all_set_or_none():
    assert Settings.from_env(GOOD).zoom_s2s_client_secrets == ()
    complete = Settings.from_env({**GOOD, **ACCOUNT})
    assert complete.zoom_s2s_client_secrets == ("hush-account-secret", "hush-older")
    assert "hush" not in repr(complete)


@pytest.mark.parametrize("name", ACCOUNT)
def test_missing_part_of_the_account_credentials_is_named(name):
    assert [problem.split()[0] for problem in problems(**{**ACCOUNT, name: " "})] == [name]
