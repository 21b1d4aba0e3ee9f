"""The names of one version of the app that others rely on: read from the running app, over HTTP where possible."""

import contextlib
import hashlib
import io
import json
import re
import traceback
from types import ModuleType
from typing import Any

import click
import msgspec
import redis
from flask import Flask
from werkzeug.utils import import_string

from offline_zoom.faults import Fault
from tests.upgrade.stage import Browser, Stage, build_stage, environ_of
from tests.upgrade.stored import StoredKey, decrypted, values_of
from tests.upgrade.tour import LIST, LIST_ROUTE, PAGE, Capture, take_tour

METRICS_TOKEN = "a token of the tests for metrics"
#: Stored as they are, as they hold nothing personal.
PLAIN = ("lease", "answers-lease", "snapshot:lease", "snapshot:lease:viewer", "events:lease", "events:taken", "context")
PLAIN += ("probe", "failure", "answers-version", "keys", "shared")
#: Paths of Zoom's that metrics name; what they answer does not matter here.
ENDPOINTS = (
    *("/v2/users", "/v2/users/me", "/v2/users/me/meetings", "/v2/users/me/recordings", "/v2/users/me/settings"),
    *("/v2/users/a", "/v2/users/a/meetings", "/v2/users/a/recordings", "/v2/meetings/1", "/v2/meetings/1/invitation"),
    *("/v2/meetings/1/recordings", "/v2/meetings/1/status", "/v2/past_meetings/1", "/v2/past_meetings/1/instances"),
    *("/v2/past_meetings/1/participants", "/v2/metrics/meetings", "/v2/metrics/meetings/1"),
    *("/v2/metrics/meetings/1/participants", "/v2/report/meetings/1/participants", "/v2/zoomapp/deeplink"),
    *("/v2/im/chat/messages", "/v2/something/else"),
)
#: JSON as it is.
UNENCRYPTED = ("snapshot:pause", "limits:days", "host-days")
#: These stand in the start commands and configuration of deployments.
IMPORT_PATHS = ("zoomapp.web.worker:StayingWorker",)


def names_of(access: ModuleType, redis_url: str) -> dict[str, Any]:
    """All tables. Runs in a process of its own, as it counts metrics and takes over standard output.

    ``tour_error`` says why the tables are missing that a tour through the app fills.
    """
    log = io.StringIO()
    with contextlib.redirect_stdout(log):
        stage = _stage(access, redis_url)
        names = names_without_a_tour(access, stage, redis_url)
        try:
            names |= names_by_a_tour(access, stage, redis_url, log)
        except Exception:
            return names | {"tour_error": traceback.format_exc()}
    return names | {"tour_error": ""}


def names_without_a_tour(access: ModuleType, stage: Stage, redis_url: str) -> dict[str, Any]:
    secure = access.build_app(environ_of(redis_url, PUBLIC_URL="https://rollcall.example"), None, stage.clock)
    return {
        "commands": commands(stage.app),
        "cookies": [stage.app.config["SESSION_COOKIE_NAME"], secure.config["SESSION_COOKIE_NAME"]],
        "import_paths": [path for path in IMPORT_PATHS if import_string(path, silent=True)],
        "routes": routes(stage.app),
        "settings": sorted(access.setting_names()),
        "zone_cookie": zone_cookie(stage),
    }


def names_by_a_tour(access: ModuleType, stage: Stage, redis_url: str, log: io.StringIO) -> dict[str, Any]:
    names = {"headers": headers(stage), "columns": columns(stage), "cache_states": cache_states(stage)}
    count_everything(stage)
    toured = _stage(access, redis_url)
    capture = take_tour(toured)
    access.close_app(toured.app)
    return names | {
        "log_fields": log_fields(log.getvalue()),
        "metrics": metrics(toured),
        "one_time_parameter": re.findall(r"[?&](\w+)=[^&]*$", capture.facts["file"]),
        "records": stored_records(capture),
    }


def _stage(access: ModuleType, redis_url: str) -> Stage:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    return build_stage(redis_url, access.build_app, METRICS_TOKEN=METRICS_TOKEN, LOG_LEVEL="INFO")


def zone_cookie(stage: Stage) -> list[str]:
    """The cookie in which the browser's script says its time zone."""
    browser = stage.browser()
    browser.client.set_cookie("zone", "Asia/Tokyo", domain="localhost")
    return ["zone"] if "Asia/Tokyo" in browser.open_page("/help").text else []


def routes(app: Flask) -> list[str]:
    """Methods and address of each route. The address is also a label of metrics and a field of the log."""
    rules = [(rule.rule, set(rule.methods or ()) - {"HEAD", "OPTIONS"}) for rule in app.url_map.iter_rules()]
    return sorted(f"{method} {rule}" for rule, methods in rules for method in methods)


def commands(app: Flask) -> list[str]:
    """Each command with its arguments and options."""
    found: list[str] = []

    def walk(command: click.Command, name: str, context: click.Context) -> None:
        found.extend([name, *(f"{name} {option}" for each in command.params for option in each.opts)])
        if isinstance(command, click.Group):
            for part in command.list_commands(context):
                below = command.get_command(context, part)
                assert below is not None
                walk(below, f"{name} {part}", context)

    walk(app.cli, "flask", click.Context(app.cli))
    return sorted(found)


def log_fields(log: str) -> dict[str, list[str]]:
    """The fields of the lines ``request``, and of the calls to Zoom in them."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    found = [line for line in lines if line["message"] == "request"]
    upstream = [call for line in found for call in line.get("upstream", ())]
    return {
        "request": sorted({field for line in found for field in line}),
        "upstream": sorted({field for call in upstream for field in call}),
    }


def metrics(stage: Stage) -> dict[str, list[str]]:
    """The labels of each sample, by name. Counters that nothing counted yet are named without labels."""
    refused = stage.browser().get("/metrics").status_code
    assert refused == 401, refused
    answer = stage.browser().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    found: dict[str, set[str]] = {}
    for line in answer.text.splitlines():
        if declared := re.match(r"# TYPE (zoomapp_\w+)", line):
            found.setdefault(declared[1], set())
        elif sample := re.match(r"(zoomapp_\w+)(?:\{([^}]*)\})? ", line):
            found.setdefault(sample[1], set()).update(re.findall(r'(\w+)="', sample[2] or ""))
    outcomes = set(re.findall(r'zoomapp_refreshes_total\{outcome="(\w+)"', answer.text))
    endpoints = set(re.findall(r'zoomapp_upstream_calls_total\{endpoint="([^"]+)"', answer.text))
    tables = {name: sorted(labels) for name, labels in found.items() if not name.endswith("_created")}
    return tables | {"outcome values": sorted(outcomes), "endpoint values": sorted(endpoints)}


def count_everything(stage: Stage) -> None:
    """Call each endpoint of Zoom that metrics tell apart, and meet what the tour does not meet."""
    browser = _connected(stage)
    for path in ENDPOINTS:
        browser.get(f"/zoom/api{path}")
    stage.expire_access_token("dana")
    browser.get("/zoom/api/v2/users/me")
    limits = {"X-RateLimit-Category": "Medium", "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "50"}
    stage.world.faults.append(Fault(LIST_ROUTE, 200, limits, {"meetings": []}, count=1))
    browser.get(f"{LIST}&page_size=11")
    browser.post("/api/zoomapp/disconnect")


def cache_states(stage: Stage) -> list[str]:
    """The values of X-Cache."""
    browser, address = _connected(stage), f"{LIST}&page_size=9"
    found = [browser.get(address).headers["X-Cache"] for _ in range(2)]
    stage.clock.tick(20)
    stage.world.faults.append(Fault(LIST_ROUTE, 502, {}, "gone"))
    found.append(browser.get(address).headers["X-Cache"])
    stage.world.faults.clear()
    return sorted(found)


def columns(stage: Stage) -> dict[str, list[str]]:
    """The first line of each CSV file, and the names in the JSON one."""
    browser = _connected(stage)
    past = re.search(r'href="(/participants/[\w-]{22})"', browser.open_page("/meetings?show=past").text)
    assert past, "no past meeting"
    found = {
        name: browser.get(address).text.splitlines()[0].lstrip("\ufeff").split(",")
        for name, address in {
            "people.csv": f"{past[1]}.csv",
            "events.csv": f"{past[1]}/events.csv",
            "recordings.csv": "/recordings.csv?from=2026-02-01&to=2026-03-03",
        }.items()
    }
    program = browser.get(f"{past[1]}.json").json
    return found | {"people.json": sorted(program), "people.json people": sorted(program["people"][0])}


def headers(stage: Stage) -> list[str]:
    """The header fields that scripts and operators read."""
    browser = _connected(stage)
    answers = [browser.get(address) for address in (LIST, LIST, "/healthz", f"{PAGE}/live")]
    sent = {name for answer in answers for name, _ in answer.headers}
    return sorted(name for name in sent if name.startswith("X-") or name in ("Age", "ETag"))


def _connected(stage: Stage) -> Browser:
    browser = stage.browser()
    browser.connect("dana")
    return browser


def stored_records(capture: Capture) -> dict[str, Any]:
    """Key pattern, type and field names of each kind of record."""
    sessions = [_json(decrypted(key, *values_of(key))) for key in capture.of_kind("session")]
    browsers = [str(session["browser"]) for session in sessions if "browser" in session]
    found: dict[str, Any] = {}
    for key in capture.keys.values():
        entry = found.setdefault(key.kind, {"keys": [], "type": key.type, "fields": []})
        assert entry["type"] == key.type
        entry["keys"] = sorted({*entry["keys"], pattern_of(key.name)})
        entry["fields"] = sorted({*entry["fields"], *fields_of(key, browsers)})
        if key.type == "hash":
            entry["hash_fields"] = sorted({*entry.get("hash_fields", ()), *map(hash_field_pattern, key.content)})
    return found


def pattern_of(name: str) -> str:
    """A key's name with ``TAG``, ``DIGEST``, ``NUMBER``, ``DAYS`` for what differs between records."""
    name = re.sub(r"\{[\w-]{22}\}", "{TAG}", name)
    name = re.sub(r"\{[0-9a-f]{32}\}", "{DIGEST}", name)
    name = re.sub(r":[0-9a-f]{32}$", ":DIGEST", name)
    name = re.sub(r":[\w-]{22}$", ":TAG", name)
    name = re.sub(r":\d{4}-\d\d-\d\d(:\d{4}-\d\d-\d\d)?$", ":DAYS", name)
    return re.sub(r":\d+$", ":NUMBER", name)


def hash_field_pattern(field: str) -> str:
    """The name of a Redis hash's field, with the same stand-ins."""
    return re.sub(r"^[\w-]{22}(?= )", "TAG", re.sub(r"^[0-9a-f]{32}", "DIGEST", field))


def fields_of(key: StoredKey, browsers: list[str]) -> set[str]:
    """The names within a record, nested ones too; of a plain list its types, of plain text nothing."""
    if key.kind in PLAIN:
        return set()
    fields = list(key.content) if key.type == "hash" else [""] * len(values_of(key))
    found: set[str] = set()
    for field, value in zip(fields, values_of(key), strict=True):
        found |= _names_in(_plain(key, field, value, browsers))
    return found


def _plain(key: StoredKey, field: str, value: bytes, browsers: list[str]) -> Any:
    """What a value says, decrypted for the owner that this kind of record has."""
    if key.kind in UNENCRYPTED:
        return _json(value)
    tag = key.name.partition("{")[2].partition("}")[0]
    owner = {"tokens": tag, "events:queue": "", "answers": field}.get(key.kind, key.name)
    if key.kind == "begun":
        # The owner is the browser, whose name only its session holds.
        owner = next(each for each in browsers if hashlib.sha256(each.encode()).hexdigest()[:32] == tag)
    plain = decrypted(key, value, owner)
    return msgspec.msgpack.decode(plain) if key.kind in ("answers", "file") else _json(plain)


def _json(text: bytes) -> Any:
    return json.loads(text)


def _names_in(value: Any) -> set[str]:
    """What Zoom said (``raw``, ``rows``, ``value``, a whole event) is Zoom's to name."""
    if isinstance(value, dict):
        inner = {name: each for name, each in value.items() if name in ("draft", "stays")}
        below = {f"{name}.{each}" for name, part in inner.items() for each in _names_in(part)}
        return set(value) | below
    if isinstance(value, list):
        if any(isinstance(part, dict) for part in value):
            return {each for part in value for each in _names_in(part)}
        return {f"[{', '.join(type(part).__name__ for part in value)}]"}
    return {type(value).__name__}
