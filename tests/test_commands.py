"""Every command in the documents is run, here or by the test that is named for it; a new one without either fails."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from bench.__main__ import ROWS, arguments
from tests.support.servers import ROOT, clean_environ

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "bench/README.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md")) + sorted((ROOT / "offline-zoom").glob("*.md"))
PROGRAMS = r"(?:python3?|flask|curl|docker|heroku|git|openssl|npm|pip|gunicorn|redis-cli|offline-zoom|\.venv/bin/\w+)"
IN_LINE = re.compile(rf"`({PROGRAMS} [^`]+)`")
INDENTED = re.compile(rf"^ {{4,}}(?:\$ )?({PROGRAMS} .+?)(?:\s{{2,}}#.*|\s+# .*)?$", re.MULTILINE)

HOSTS = "tests/hosts/test_hosted.py"
BUILT = "tests/hosts/conftest.py"
#: Commands that a whole test is about, by their beginning (the longest that fits decides): where, and what shows it.
HELD = {
    "python3 dev.py run": ("tests/support/servers.py", '"dev.py", "run"'),
    "python3 dev.py test": (".ci/run", "python3 dev.py test"),
    "python3 dev.py test --without-fast-path": (".ci/run", "python3 dev.py test --without-fast-path"),
    "python3 dev.py check": (".ci/run", "python3 dev.py check"),
    ".venv/bin/python -m tests.sizing": ("tests/test_sizing.py", "measure("),
    "python -m tests.mutants": ("tests/test_mutants.py", "MUTANTS"),
    "python -m offline_zoom": ("tests/support/servers.py", '"-m", "offline_zoom"'),
    "python -m offline_zoom.facts": ("tests/offline_zoom/test_facts.py", "main()"),
    "offline-zoom": ("tests/offline_zoom/test_server.py", "SCRIPT_COMMAND"),
    "offline-zoom run": ("tests/offline_zoom/test_package.py", "test_each_recipe_of_the_readme_works"),
    "offline-zoom calls": ("tests/offline_zoom/test_calls.py", 'main(["calls"'),
    "offline-zoom endpoints": ("tests/offline_zoom/test_package.py", 'main(["endpoints"])'),
    "offline-zoom export": ("tests/offline_zoom/test_seed.py", 'main(["export"'),
    ".venv/bin/python -m bench.mock_server": ("tests/bench/test_mock_server.py", "python -m bench.mock_server"),
    "offline-zoom replay": ("tests/offline_zoom/test_calls.py", 'main(["replay"'),
    "pip install ./offline-zoom": ("tests/offline_zoom/test_package.py", "flit_core.buildapi.build_wheel"),
    "python3 -m venv": (BUILT, '"-m", "venv"'),
    ".venv/bin/pip install": (BUILT, '"--require-hashes", "-r"'),
    ".venv/bin/flask doctor --release": (HOSTS, "slug.release("),
    ".venv/bin/gunicorn": (BUILT, "slug.command('web')"),
    "redis-cli -u": ("tests/store/test_backup.py", 'command.startswith("redis-cli -u")'),
    "flask tokens forget-account": ("tests/tokens/test_account_deletion.py", '"forget-account"'),
    "flask tokens forget": ("tests/cli/test_tokens.py", 'run("tokens", "forget"'),
    "flask tokens rotate": ("tests/cli/test_tokens.py", '"tokens", "rotate"'),
    "flask tokens keepalive": ("tests/cli/test_tokens.py", 'run("tokens", "keepalive")'),
    "flask verify": ("tests/cli/test_verify.py", '"verify", dana.id'),
    "flask manifest --push": ("tests/cli/test_manifest_push.py", 'run("--push", APP'),
}
#: What nothing here can run, and what stands in for it.
NOT_RUN = {
    "docker": ("tests/hosts/test_files.py", "Dockerfile"),
    "heroku": (HOSTS, "slug.release("),
    "git push heroku": (BUILT, '"requirements.txt"'),
    "python3 dev.py lock": (BUILT, '"--require-hashes"'),
    "npm": ("tests/compat/test_build.py", "build"),
}


def commands():
    found = set()
    for document in DOCUMENTS:
        text = document.read_text()
        found |= {match[1].strip() for pattern in (IN_LINE, INDENTED) for match in pattern.finditer(text)}
    return sorted(found)


def longest(command, table):
    return max((known for known in table if command.startswith(known)), key=len, default="")


ALL = commands()
FLASK = [command for command in ALL if command.startswith("flask ") and not longest(command, HELD)]
CURL = [command for command in ALL if command.startswith("curl ")]
PYTHON = [command for command in ALL if command.startswith("python3 -c")]
REDIS = [command for command in ALL if command.startswith("redis-cli ") and not longest(command, HELD)]
BENCH = [command for command in ALL if command.startswith("python3 dev.py bench")]


def test_every_documented_command_is_run_by_a_test():
    run_here = {*FLASK, *CURL, *PYTHON, *BENCH, *REDIS}

    alone = [command for command in ALL if command not in run_here and not longest(command, {**HELD, **NOT_RUN})]
    assert not alone
    assert len(ALL) > 30


def test_each_listed_test_runs_its_command_and_no_entry_is_unused():
    for known, (where, evidence) in {**HELD, **NOT_RUN}.items():
        assert evidence in (ROOT / where).read_text(), f"{where} does not run {known}"
        assert any(command.startswith(known) for command in ALL), f"{known} stands in no document"


@pytest.mark.parametrize("command", FLASK)
def test_a_documented_command_of_the_app_works(command, app, dana):
    words = [dana.id if word == "USER_ID" else word for word in shlex.split(command)[1:]]

    result = app.test_cli_runner().invoke(args=words)

    # 1: a command that compares says that something is lacking.
    assert result.exit_code in (0, 1) and result.stdout
    assert "Usage:" not in result.output and "Traceback" not in result.output


def test_the_documented_control_api_calls_work(control):
    for command in CURL:
        answer = control(command)

        assert answer.status_code < 300, f"{command}: {answer.text}"


@pytest.fixture
def control(serve_offline_zoom):
    """Runs a documented `curl` against an offline Zoom."""
    zoom = serve_offline_zoom("http://127.0.0.1:5050", story="live-meeting")

    def send(command):
        words = shlex.split(command)[1:]
        method = next((word[2:] for word in words if word.startswith("-X")), "GET")
        address = next(word for word in words if word.startswith("localhost:4000"))
        body = words[words.index("--json") + 1] if "--json" in words else None
        headers = {"Content-Type": "application/json"} if body else {}
        return requests.request(method, zoom.url + address.removeprefix("localhost:4000"), data=body, headers=headers)

    return send


@pytest.mark.parametrize("command", REDIS)
def test_a_command_for_redis_lifts_the_days_limit(command, dana, world, clock, redis_client):
    world.switches.limits, world.switches.rate_headers = "plan", "all"
    world.switches.rate_limits = {"Light a day": 1}
    dana.get("/zoom/api/v2/users/me"), dana.get("/zoom/api/v2/users/me")
    world.switches.limits = "off"
    assert dana.get("/zoom/api/v2/users/me").status_code == 429

    assert redis_client.execute_command(*shlex.split(command)[1:]) == 1

    clock.tick(2)  # every worker looks once a second
    assert dana.get("/zoom/api/v2/users/me").status_code == 200


@pytest.mark.parametrize("command", BENCH)
def test_the_benchmark_accepts_the_documented_arguments(command):
    options = arguments().parse_args(shlex.split(command)[3:])

    assert set(options.only or ()) <= set(ROWS)


@pytest.mark.parametrize("command", PYTHON)
def test_the_documented_line_of_python_makes_an_encryption_key(command):
    words = [sys.executable, *shlex.split(command)[1:]]

    done = subprocess.run(words, capture_output=True, text=True, env=clean_environ())

    assert re.fullmatch(r"[0-9a-f]{64}\n", done.stdout)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_are_valid(document):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if "://" not in target:
            assert (Path(document).parent / target).exists(), target
