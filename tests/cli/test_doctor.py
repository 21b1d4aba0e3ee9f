"""`flask doctor`: a correct deployment, and broken ones that each get exactly one finding."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import found
from devtools.processes import free_port
from offline_zoom.faults import Fault
from tests.cli.deployments import OLD_KEY, Deployment, adding, redirecting, rewriting_cookies, without
from tests.support.certificates import self_signed
from tests.support.processes import HANG_SECONDS
from tests.support.servers import ROOT, clean_environ
from zoomapp import cli
from zoomapp.cli.doctor.store import version
from zoomapp.errors import ConfigError
from zoomapp.store import key_names

DURABLE = {"appendonly": "yes"}


@pytest.fixture
def deployment(settings, world, clock, redis_process):
    redis = redis_process(**DURABLE)
    deployment = Deployment(settings, world, clock, redis, redis_process)
    deployment.set(redis_url=redis.url, public_url=f"http://127.0.0.1:{deployment.port}")
    world.redirect_uris.append(deployment.settings.public_url)
    return deployment


def configure(deployment, **config):
    with deployment.redis.client() as client:
        for name, value in config.items():
            client.config_set(name.replace("_", "-"), value)


def guessable_secret(deployment):
    deployment.set(secret_key="x" * 40)


def log_at_debug(deployment):
    deployment.set(log_level="DEBUG")


def no_webhook_secret(deployment):
    deployment.set(zoom_webhook_secret="")


def guessable_key(deployment):
    deployment.set(token_encryption_keys=(b"\0" * 32,))


def same_key_twice(deployment):
    deployment.set(token_encryption_keys=deployment.settings.token_encryption_keys * 2)


def key_is_missing(deployment):
    deployment.connect("dana", OLD_KEY)


def key_was_replaced(deployment):
    ring = deployment.settings.token_encryption_keys
    deployment.connect("dana", OLD_KEY)
    deployment.set(token_encryption_keys=(*ring, OLD_KEY))


def public_url_is_local(deployment):
    deployment.set(zoom_host="https://zoom.example")


def in_client_redirect_to_another_host(deployment):
    deployment.set(in_client_redirect="https://other.example/api/zoomapp/auth")


def partitioned_without_https(deployment):
    deployment.set(cookie_mode="partitioned")


def redis_is_down(deployment):
    deployment.redis.stop()


def redis_wants_a_password(deployment):
    configure(deployment, requirepass="a password")


def redis_with_its_own_certificate(deployment):
    if not found.redis_server():
        pytest.skip("The embedded server has no TLS.")
    pem, key = self_signed(Path(deployment.redis._folder))
    port = free_port()
    tls = {"tls_port": str(port), "tls_auth_clients": "no", "tls_cert_file": str(pem), "tls_key_file": str(key)}
    deployment.start_redis(**DURABLE, **tls)
    deployment.set(redis_url=f"rediss://127.0.0.1:{port}/0")


def redis_drops_keys_when_full(deployment):
    configure(deployment, maxmemory="100mb", maxmemory_policy="allkeys-lru")


def redis_would_drop_keys(deployment):
    configure(deployment, maxmemory_policy="volatile-lru")


def redis_does_not_persist(deployment):
    configure(deployment, appendonly="no")


def redis_is_a_replica(deployment):
    replica = deployment.start_redis(**DURABLE, replicaof=f"127.0.0.1 {deployment.redis.port}")
    deployment.set(redis_url=replica.url)


def redis_is_full(deployment):
    configure(deployment, maxmemory="1")


def redis_forbids_scan(deployment):
    with deployment.redis.client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-scan")


def zoom_is_down(deployment):
    deployment.world.faults.append(Fault("* /oauth/**", drop="before"))


def wrong_secret(deployment):
    deployment.set(zoom_client_secret="that of the development app")


def new_secret_is_not_at_zoom_yet(deployment):
    deployment.set(zoom_client_secret=f"the next one,{deployment.world.client_secret}")


def redirect_uri_is_not_registered(deployment):
    deployment.world.redirect_uris.remove(deployment.settings.public_url)


def wrong_api_host(deployment):
    deployment.world.faults.append(Fault("GET /v2/users/me", 404, body={"error": "Not Found"}))


def consent_page_fails(deployment):
    deployment.world.faults.append(Fault("GET /oauth/authorize", 503, body="<h1>Service Unavailable</h1>"))


def consent_page_is_rate_limited(deployment):
    deployment.world.faults.append(Fault("GET /oauth/authorize", 429, {"Retry-After": "7"}, body=""))


def api_fails(deployment):
    deployment.world.faults.append(Fault("GET /v2/users/me", 500, body={"code": 500}))


def api_is_rate_limited(deployment):
    deployment.world.faults.append(Fault("GET /v2/users/me", 429, body={"code": 429}))


def clock_is_a_minute_ahead(deployment):
    deployment.clock = type(deployment.clock)(deployment.clock() + 60)


def clock_is_ten_minutes_behind(deployment):
    deployment.clock = type(deployment.clock)(deployment.clock() - 600)


def app_is_not_running(deployment):
    deployment.running = False


def address_redirects(deployment):
    deployment.router = redirecting


def router_drops_a_header(deployment):
    deployment.router = without("strict-transport-security")


def router_forbids_frames(deployment):
    deployment.router = adding("X-Frame-Options", "DENY")


def router_drops_cookies(deployment):
    deployment.router = without("set-cookie")


def router_rewrites_cookies(deployment):
    deployment.router = rewriting_cookies("SameSite=Lax", "SameSite=Strict")


def with_account_credentials(deployment):
    app = deployment.world.account_app
    deployment.set(
        zoom_account_id=deployment.world.user("dana").account_id,
        zoom_s2s_client_id=app.client_id,
        zoom_s2s_client_secret=app.client_secret,
    )
    return app


def account_credentials_are_refused(deployment):
    with_account_credentials(deployment).client_secret = "another secret"


def account_app_is_of_another_account(deployment):
    with_account_credentials(deployment).account_id = "another account"


def account_app_lacks_a_scope(deployment):
    with_account_credentials(deployment).scopes.pop()


def account_app_may_do_more(deployment):
    with_account_credentials(deployment).scopes.append("user:read:list_users:admin")


def account_tokens_fail(deployment):
    with_account_credentials(deployment)
    deployment.world.faults.append(Fault("POST /oauth/token", 503, grant_type="account_credentials"))


BROKEN = [
    (guessable_secret, "settings.secret_key", "fail"),
    (log_at_debug, "settings.log_level", "warn"),
    (no_webhook_secret, "settings.webhook", "warn"),
    (guessable_key, "keys.weak", "fail"),
    (same_key_twice, "keys.twice", "warn"),
    (key_is_missing, "keys.records", "fail"),
    (key_was_replaced, "keys.records", "warn"),
    (public_url_is_local, "url.public", "fail"),
    (in_client_redirect_to_another_host, "url.in_client", "fail"),
    (partitioned_without_https, "cookie.mode", "fail"),
    (redis_is_down, "redis", "fail"),
    (redis_wants_a_password, "redis", "fail"),
    (redis_with_its_own_certificate, "redis", "fail"),
    (redis_drops_keys_when_full, "redis.eviction", "fail"),
    (redis_would_drop_keys, "redis.eviction", "warn"),
    (redis_does_not_persist, "redis.persistence", "warn"),
    (redis_is_a_replica, "redis.writable", "fail"),
    (redis_is_full, "redis.writable", "fail"),
    (redis_forbids_scan, "keys.records", "fail"),
    (zoom_is_down, "zoom", "fail"),
    (wrong_secret, "zoom.credentials", "fail"),
    (new_secret_is_not_at_zoom_yet, "zoom.credentials", "warn"),
    (redirect_uri_is_not_registered, "zoom.redirect", "fail"),
    (wrong_api_host, "zoom.api", "fail"),
    (consent_page_fails, "zoom.redirect", "warn"),
    (consent_page_is_rate_limited, "zoom.redirect", "warn"),
    (api_fails, "zoom.api", "warn"),
    (api_is_rate_limited, "zoom.api", "warn"),
    (account_credentials_are_refused, "account", "fail"),
    (account_app_is_of_another_account, "account", "fail"),
    (account_app_lacks_a_scope, "account.scopes", "fail"),
    (account_app_may_do_more, "account.scopes", "warn"),
    (account_tokens_fail, "account", "warn"),
    (clock_is_a_minute_ahead, "clock", "warn"),
    (clock_is_ten_minutes_behind, "clock", "fail"),
    (app_is_not_running, "home", "fail"),
    (address_redirects, "home", "fail"),
    (router_drops_a_header, "home.headers", "fail"),
    (router_forbids_frames, "home.framing", "fail"),
    (router_drops_cookies, "cookie", "fail"),
    (router_rewrites_cookies, "cookie", "fail"),
]


@pytest.mark.parametrize(("broken", "about", "state"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_deployment_gets_exactly_one_finding(deployment, broken, about, state):
    broken(deployment)

    assert deployment.problems() == [(about, state)]


@pytest.mark.parametrize(
    ("zoom_host", "api_host", "fails"),
    [
        ("https://zoomgov.com", "https://api.zoom.us", True),
        ("https://zoom.us", "https://api.zoomgov.com", True),
        ("https://zoomgov.com", "https://api.zoomgov.com", False),
        ("https://acme.zoom.us", "https://api-eu.zoom.us", False),
        ("https://zoom.us", "https://zoom-proxy.example", False),
    ],
)
def test_hosts_of_two_zooms_that_do_not_belong_together_are_a_finding(deployment, zoom_host, api_host, fails):
    deployment.set(zoom_host=zoom_host, zoom_api_host=api_host)

    assert (("url.zoom", "fail") in deployment.problems()) is fails


def test_a_correct_deployment_gets_no_finding(deployment):
    deployment.connect("dana", *deployment.settings.token_encryption_keys)

    assert deployment.problems() == []


def test_accepted_account_credentials_are_named(deployment):
    with_account_credentials(deployment)

    findings = {finding.about: finding for finding in deployment.findings()}

    assert findings["account"].says == "Zoom accepts the account’s own credentials."
    assert {finding.state for finding in findings.values()} == {"ok"}


def test_the_doctor_says_how_many_of_many_grants_it_checked(deployment):
    deployment.connect("dana", *deployment.settings.token_encryption_keys)
    with deployment.redis.client() as client:
        (grant,) = client.keys(f"{key_names.PREFIX}*:tokens")
        client.mset({key_names.of_user(f"somebody {number}", "tokens"): client.get(grant) for number in range(1200)})

    (finding,) = [each for each in deployment.findings() if each.about == "keys.records"]

    assert (finding.state, finding.says.partition(", encrypted ")[0]) == (
        "ok",
        "1,201 grants are stored; 1,000 checked",
    )


@pytest.mark.parametrize(("number", "state"), [("5.0.14", "fail"), ("6.0.16", "fail"), ("6.2.0", "ok"), ("10.1", "ok")])
def test_a_redis_that_is_too_old_fails(number, state):
    assert version(number).state == state


def run_doctor(*words, **settings):
    flask = os.path.join(os.path.dirname(sys.executable), "flask")
    environ = clean_environ(**settings)
    return subprocess.run(
        [flask, "doctor", *words], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS
    )


def complete(redis_url):
    return {
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "a key of the tests, long enough for all",
        "TOKEN_ENCRYPTION_KEYS": bytes(range(32)).hex(),
        "REDIS_URL": redis_url,
        "ZOOM_HOST": "http://localhost:1",
        "ZOOM_CLIENT_ID": "id",
        "ZOOM_CLIENT_SECRET": "secret",
    }


def test_every_wrong_setting_is_a_finding_even_if_the_app_cannot_start():
    result = run_doctor("--json", PUBLIC_URL="http://rollcall.example", REDIS_URL="localhost:6379")

    findings = json.loads(result.stdout)
    assert result.returncode == 1
    assert {(each["about"], each["state"]) for each in findings} == {("settings", "fail")}
    assert {each["says"].split()[0] for each in findings} >= {"PUBLIC_URL", "REDIS_URL", "SECRET_KEY"}


def test_other_commands_name_wrong_settings_too():
    result = cli.unconfigured(ConfigError(["PUBLIC_URL is missing."])).test_cli_runner().invoke(args=["tokens", "list"])

    assert (result.exit_code, result.output) == (1, "Error: PUBLIC_URL is missing.\n")


def test_a_release_passes_while_zoom_is_down(redis_process):
    result = run_doctor("--release", **complete(redis_process(**DURABLE).url))

    assert result.returncode == 0, result.stdout
    assert (
        "ok    redis.writable" in result.stdout
        and "zoom.credentials" not in result.stdout
        and "home" not in result.stdout
    )


def test_a_release_fails_without_redis_and_says_why(redis_process):
    result = run_doctor("--release", **complete("redis://127.0.0.1:1/0"))

    assert result.returncode == 1
    assert "FAIL  redis              Redis cannot be used: nothing is listening there." in result.stdout
    assert "Compare host and port of REDIS_URL" in result.stdout


def test_no_finding_contains_a_secret(redis_process):
    settings = complete(redis_process(**DURABLE).url.replace("//", "//:a-password-of-redis@"))

    result = run_doctor("--json", **settings)

    assert not any(secret in result.stdout for secret in ("a-password-of-redis", settings["SECRET_KEY"], "0001020304"))
