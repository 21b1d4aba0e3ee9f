"""`dev.py test` and `check` report what did not run."""

import subprocess
import sys

import pytest

from devtools import found
from devtools.suite import MOST_REPEATED, install_command, missing_packages, run_tests
from tests.support.servers import ROOT, clean_environ

BROWSER_TEST = "tests/dev/test_suite.py::test_a_page_opens"


def test_a_page_opens(page):
    page.goto("about:blank")

    assert page.url == "about:blank"


def test_a_missing_browser_is_reported_as_not_run(tmp_path):
    bare = clean_environ(PATH=str(tmp_path), PLAYWRIGHT_BROWSERS_PATH=str(tmp_path))

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", BROWSER_TEST],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
    )

    assert "1 skipped" in done.stdout
    assert "passed" not in done.stdout
    assert "1 browser tests were NOT RUN: there is no Chromium." in done.stdout


@pytest.mark.parametrize(
    ("body", "times", "said"),
    [
        ("assert ran() > 1", 1, "test_0.py::test_it passed this time"),
        ("assert False", 1, "test_0.py::test_it failed again"),
        ("assert ran() > 1", MOST_REPEATED + 1, ""),
    ],
)
def test_a_failed_run_stays_failed_and_up_to_three_tests_are_repeated(tmp_path, capfd, body, times, said):
    lines = [
        "from pathlib import Path",
        "def ran():",
        "    here = Path(__file__).with_suffix('.ran')",
        "    here.write_text(here.read_text() + '.' if here.exists() else '.')",
        "    return len(here.read_text())",
        f"def test_it(): {body}",
    ]
    for number in range(times):
        (tmp_path / f"test_{number}.py").write_text("\n".join(lines))

    assert run_tests(["-q", "."], tmp_path) == 1
    messages = capfd.readouterr().err
    assert said in messages
    assert ("The run has failed." in messages) == bool(said)


def test_the_command_that_installs_a_missing_program_is_named():
    assert install_command(["chromium", "redis-server"]) in (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium redis-server",
        "brew install chromium redis",
    )


def test_a_named_browser_is_used_and_none_installed(monkeypatch):
    monkeypatch.setenv("CHROMIUM_PATH", "/opt/browser")

    assert found.chromium() == "/opt/browser"
    assert not {"chromium", found.HEADLESS_SHELL} & set(missing_packages())


def test_an_unknown_check_is_refused():
    done = subprocess.run([sys.executable, "dev.py", "check", "spelling"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert "There is no check named spelling; there are ruff," in done.stderr
