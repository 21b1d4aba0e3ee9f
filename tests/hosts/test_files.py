"""The files that hosts read (Procfile, Dockerfile, compose.yaml, app.json) agree with the code."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

import yaml

from zoomapp.config import Settings, key_ring

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = {field.name.upper() for field in fields(Settings) if field.default is MISSING}
ALL = {field.name.upper() for field in fields(Settings)}


def procfile():
    return dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def dockerfile():
    """Its instructions: a list of (word, rest)."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]


def test_the_button_asks_for_every_required_setting():
    manifest = json.loads((ROOT / "app.json").read_text())

    assert set(manifest["env"]) <= ALL
    assert set(manifest["env"]) | {"REDIS_URL"} >= REQUIRED
    assert manifest["addons"] == ["heroku-redis:mini"]


def test_a_key_generated_by_a_host_is_a_valid_encryption_key():
    assert len(key_ring("9f" * 32)[0]) == 32


def test_the_image_and_the_docs_run_the_command_of_the_procfile():
    commands = [json.loads(rest) for word, rest in dockerfile() if word == "CMD"]
    environ = next(rest for word, rest in dockerfile() if word == "ENV")

    setting, web = procfile()["web"].split(" ", 1)
    assert commands[-1] == web.split()
    assert setting in environ.split()
    assert f"export {setting}\n" in (ROOT / "docs" / "deployment.md").read_text()


def test_the_image_uses_the_named_python_and_copies_existing_files():
    words = dockerfile()
    version = (ROOT / ".python-version").read_text().strip()

    copied = [path for word, rest in words if word == "COPY" for path in rest.split()[:-1]]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert words[0] == ("FROM", f"python:{version}-slim")
    assert all((ROOT / path).exists() and f"!{path}" in ignored for path in copied)


def test_the_image_does_not_run_as_root():
    words = [word for word, _ in dockerfile()]

    assert words.index("USER") < words.index("CMD")


def test_compose_gives_the_app_what_it_requires_after_a_release_check():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    web, release = services["web"], services["release"]
    assert REQUIRED <= set(web["environment"]) <= {*ALL, "PORT"}
    assert web["env_file"] == release["env_file"] == [{"path": ".env", "required": False}]
    assert {value for name, value in web["environment"].items() if name not in ("REDIS_URL", "PORT")} == {
        f"${{{name}:?}}" for name in REQUIRED - {"REDIS_URL"}
    }
    assert release["command"] == procfile()["release"].split()
    assert web["depends_on"] == {"release": {"condition": "service_completed_successfully"}}
    assert re.search(r"--appendonly yes.* --maxmemory-policy noeviction", services["store"]["command"])


def test_with_compose_the_app_is_reachable_only_through_a_buffering_router():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    config = (ROOT / "nginx.conf").read_text()

    published = {port for each in services.values() for port in each.get("ports", [])}
    inside = re.search(r"listen (\d+);", config)[1]
    assert published == {f"8000:{inside}"} == set(services["router"]["ports"])
    assert services["router"]["volumes"] == ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
    assert f"server web:{services['web']['environment']['PORT']};" in config
    for line in ("proxy_request_buffering on;", "client_header_timeout 10s;", "client_body_timeout 10s;"):
        assert line in config
