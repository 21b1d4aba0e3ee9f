"""The examples for Node: installed from their lock file, and run as the README says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline_zoom.__main__ import main
from tests.offline_zoom.test_intercept import node_that_uses_the_proxy
from tests.support.processes import HANG_SECONDS

PROJECT = Path(__file__).resolve().parents[2] / "offline-zoom"
FOLDER = PROJECT / "examples" / "node"
COMMANDS = re.findall(r"^    offline-zoom (run .* node .*)$", (PROJECT / "README.md").read_text(), re.MULTILINE)
PEOPLE = ["dana@example.com", "jonas@example.com", "ada@example.com"]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """A copy of the folder of the examples, with the packages of its lock file. Takes some seconds."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("examples") / "node"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"))
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run([npm, "ci", *options], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_test_of_node_starts_an_offline_zoom_of_its_own(examples):
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    done = subprocess.run(
        ["npm", "test"], cwd=examples, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS
    )

    assert re.search(r"\bpass 1\b", done.stdout), done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_each_program_for_node_of_the_readme_reaches_the_offline_zoom(command, examples, tmp_path, capfd):
    if "fetch" in command:
        node_that_uses_the_proxy()
    archive = tmp_path / "calls.har"
    words = shlex.split(command.replace("examples/node", str(examples)))

    status = main([words[0], "--har", str(archive), *words[1:]])

    assert (status, capfd.readouterr().out.split()) == (0, PEOPLE)
    urls = [entry["request"]["url"] for entry in json.loads(archive.read_text())["log"]["entries"]]
    assert urls == ["https://zoom.us/oauth/token", "https://api.zoom.us/v2/users"]


def test_lock_file_of_the_examples_names_no_registry():
    packages = json.loads((FOLDER / "package-lock.json").read_text())["packages"]

    assert not any("resolved" in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
