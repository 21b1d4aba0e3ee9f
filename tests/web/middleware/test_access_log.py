"""The access log and the metrics of requests."""

import json
import logging
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from offline_zoom.faults import Fault
from zoomapp import create_app, metrics
from zoomapp.log_setup import JsonLines
from zoomapp.store.encrypted_records import TOKENS
from zoomapp.zoom.endpoints import metrics_label

TOKEN = "a-metrics-token"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def settings(settings):
    return replace(settings, metrics_token=TOKEN)


def read(person):
    return person.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text


def value(text, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_require_the_metrics_token(anyone):
    assert anyone.get("/metrics").status_code == 401
    assert anyone.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    assert "zoomapp_requests_total" in read(anyone)


def test_without_a_metrics_token_there_is_no_metrics_page(parts):
    closed = create_app(replace(parts, settings=replace(parts.settings, metrics_token="")))

    assert closed.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_call_and_a_refresh_are_counted(dana, world):
    call = 'zoomapp_upstream_calls_total{endpoint="/v2/users/me",method="GET",status="200"}'
    renewed = 'zoomapp_refreshes_total{outcome="renewed"}'
    before = read(dana)
    world.revoke_access_tokens()

    assert dana.get("/zoom/api/v2/users/me").status_code == 200

    after = read(dana)
    assert value(after, call) == value(before, call) + 1
    assert value(after, renewed) == value(before, renewed) + 1


def test_metrics_show_a_rate_limit_and_its_remaining_calls(dana, world):
    met = 'zoomapp_rate_limited_total{category="light"}'
    world.switches.limits, world.switches.rate_headers = "plan", "all"
    world.switches.rate_limits = {"Light": 3}
    before = value(read(dana), met)

    assert dana.get("/zoom/api/v2/users/me").status_code == 200
    some = read(dana)
    assert [dana.get("/zoom/api/v2/users/me").status_code for _ in range(3)] == [200, 200, 429]

    none = read(dana)
    remaining, limit = 'zoomapp_quota_remaining{category="light"}', 'zoomapp_quota_limit{category="light"}'
    assert (value(some, remaining), value(some, limit), value(some, met)) == (2, 3, before)
    assert (value(none, remaining), value(none, limit), value(none, met)) == (0, 3, before + 1)


def test_cache_hits_are_counted(dana):
    before = value(read(dana), "zoomapp_cache_hits_total")

    assert [dana.get("/zoom/api/v2/users/me/meetings").headers["X-Cache"] for _ in range(3)] == ["miss", "hit", "hit"]

    assert value(read(dana), "zoomapp_cache_hits_total") == before + 2


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v2/users/me", "/v2/users/me"),
        ("/v2/meetings/81234567890", "/v2/meetings/{id}"),
        ("/v2/past_meetings/abc%252Fdef==/participants", "/v2/past_meetings/{id}/participants"),
        ("/v2/anything/somebody/types", "other"),
        ("/v2/users/users/users/users", "other"),
    ],
)
def test_the_endpoint_label_has_a_small_set_of_values(path, endpoint):
    assert metrics_label(path) == endpoint


def test_the_request_log_line_names_no_person(dana, caplog):
    logging.getLogger("zoomapp").addHandler(caplog.handler)

    dana.get("/zoom/api/v2/users/me")

    record = next(each for each in caplog.records if each.getMessage() == "request")
    line = json.loads(JsonLines().format(record))
    assert (line["method"], line["route"], line["status"]) == ("GET", "/zoom/api/<path:_>", 200)
    assert [call["status"] for call in line["upstream"]] == [200]
    assert line["upstream"][0]["tracking_id"]
    assert line["user"] and dana.id not in json.dumps(line)


def exported(person):
    """The names of what is counted, as a query has them."""
    metric_types = re.findall(r"^# TYPE (zoomapp_\w+) (\w+)", read(person), re.MULTILINE)
    histogram = ("_bucket", "_count", "_sum")
    return {f"{name}{end}" for name, kind in metric_types for end in (histogram if kind == "histogram" else ("",))}


def queries_of(name):
    """The queries of the dashboard, or of the alert rules."""
    text = (ROOT / "docs" / name).read_text()
    if name.endswith(".json"):
        return [target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"]]
    return [rule["expr"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yml"])
def test_dashboard_and_alerts_query_existing_metrics_with_values_that_their_labels_have(anyone, app, name):
    queries, code = queries_of(name), "".join(path.read_text() for path in (ROOT / "zoomapp").rglob("*.py"))
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    buckets = set(re.findall(r'_added_seconds_bucket\{le="([^"]+)"\}', read(anyone)))

    assert len(queries) >= 5
    assert set(re.findall(r"zoomapp_\w+", " ".join(queries))) <= exported(anyone)
    for label, values in re.findall(r'(\w+)=~?"([^"]*)"', " ".join(queries)):
        for value in values.split("|"):
            known = value in routes if label == "route" else value in buckets if label == "le" else f'"{value}"' in code
            assert known, f'{label}="{value}"'
    assert all(query.count("(") == query.count(")") and query.count("{") == query.count("}") for query in queries)


def test_each_objective_has_a_panel_and_an_alert(anyone):
    text = (
        (ROOT / "docs" / "operations.md").read_text().partition("## Service level objectives")[2].partition("\n## ")[0]
    )
    targets = re.findall(r"^\| (?:[^|]*?)([\d.]+) % of", text, re.MULTILINE)
    panels = [panel["title"] for panel in json.loads((ROOT / "docs" / "grafana.json").read_text())["panels"]]

    assert len(targets) == 4
    assert [re.search(r"\(([\d.]+) %\)", title)[1] for title in panels if title.startswith("Objective")] == targets
    budgets = {str(round(100 - float(target), 1)) for target in targets}
    spent = {
        str(round(100 * float(share), 1)) for share in re.findall(r"14\.4 \* ([\d.]+)", str(queries_of("alerts.yml")))
    }
    assert spent == budgets


def test_objectives_measure_failures_of_the_app_and_not_those_of_zoom(dana, world, redis_client):
    route = '/zoom/api/<path:_>"}'
    failed = f'zoomapp_failures_total{{code="store_unavailable",route="{route}'
    added, slow = "zoomapp_added_seconds_count", 'zoomapp_added_seconds_bucket{le="0.05"}'
    before = read(dana)
    me = "/zoom/api/v2/users/me"
    world.faults.append(Fault("GET /v2/users/me", 503, body={"code": 503, "message": "Zoom's own"}, count=1))

    assert [dana.get(me).status_code for _ in range(2)] == [503, 200]
    tokens = TOKENS.key_of(dana.id)
    redis_client.delete(tokens)
    redis_client.hset(tokens, "field", "not a record")
    assert dana.get(me).status_code == 503

    after = read(dana)
    assert value(after, failed) == value(before, failed) + 1
    assert value(after, added) == value(before, added) + 3
    assert value(after, slow) <= value(after, added)


def test_added_time_is_the_time_of_a_call_without_zooms(anyone):
    small, all_calls = 'zoomapp_added_seconds_bucket{le="0.05"}', 'zoomapp_added_seconds_bucket{le="+Inf"}'
    before = read(anyone)

    metrics.proxied(2.04, [{"milliseconds": 1500}, {"milliseconds": 500}])
    metrics.proxied(2.06, [{"milliseconds": 2000}])
    metrics.proxied(0.5, [{"milliseconds": 501}])

    after = read(anyone)
    assert value(after, small) == value(before, small) + 2
    assert value(after, all_calls) == value(before, all_calls) + 3


@pytest.mark.parametrize("page", ["operations.md", "architecture.md"])
def test_alarms_and_advice_in_the_docs_query_existing_metrics(anyone, page):
    queried = set(re.findall(r"zoomapp_\w+", (ROOT / "docs" / page).read_text()))

    assert queried and queried <= exported(anyone)


def test_log_lines_of_gunicorn_name_their_process(app):
    record = logging.getLogger("gunicorn.error").makeRecord("gunicorn.error", logging.INFO, "", 0, "Booting", (), None)

    assert logging.Formatter("[%(process)d] %(message)s").format(record) == f"[{os.getpid()}] Booting"
