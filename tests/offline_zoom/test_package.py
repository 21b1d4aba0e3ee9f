"""offline-zoom as a package of its own: its wheel, its dependencies, its README, its pytest plugin."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import flit_core.buildapi
import pytest
import yaml

from devtools.processes import free_port
from offline_zoom.__main__ import COMMANDS, main
from offline_zoom.commands import calls, export, replay, run, serve
from offline_zoom.commands.endpoints import BEGIN, END, table
from tests.support.processes import HANG_SECONDS

PROJECT = Path(__file__).resolve().parents[2] / "offline-zoom"
README = (PROJECT / "README.md").read_text()
PYPROJECT = (PROJECT / "pyproject.toml").read_text()
PARSERS = {module.__name__.rpartition(".")[2]: module.parser() for module in (calls, export, replay, run, serve)}

CLIENT = """
import urllib.error, urllib.request, offline_zoom
try:
    urllib.request.urlopen("https://api.zoom.us/v2/users/me")
except urllib.error.HTTPError as error:
    print(error.code, error.headers["X-Sandbox"])
print(offline_zoom.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the package, built as ``pip`` builds it."""
    folder, before = tmp_path_factory.mktemp("wheel"), Path.cwd()
    os.chdir(PROJECT)
    try:
        return folder / flit_core.buildapi.build_wheel(str(folder))
    finally:
        os.chdir(before)


def test_wheel_in_a_fresh_environment_runs_a_program_with_zooms_address_built_in(wheel, tmp_path):
    """Takes about four seconds. The fresh environment has our libraries, but neither the app nor this folder."""
    home = tmp_path / "venv"
    venv.create(home, symlinks=True)
    scheme = sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)})
    Path(scheme, "libraries.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python")]
    options = ["install", "-qq", "--no-index", "--no-deps", "--ignore-installed", "--no-compile"]
    subprocess.run([*pip, *options, "--disable-pip-version-check", str(wheel)], check=True)
    (tmp_path / "client.py").write_text(CLIENT)
    environ = {"PATH": f"{home / 'bin'}:{os.environ['PATH']}"}

    done = subprocess.run(
        ["offline-zoom", "run", "--", "python", "client.py"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        executable=str(home / "bin" / "offline-zoom"),
    )

    assert done.stdout.splitlines() == ["401 1", f"{scheme}/offline_zoom/__init__.py"], done.stderr
    assert done.returncode == 0


def test_wheel_names_its_dependencies_its_command_and_its_plugin(wheel):
    with zipfile.ZipFile(wheel) as archive:
        files = {name.partition("/")[2] if "dist-info" in name else name for name in archive.namelist()}
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
        (entries,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt"))
    names = {re.split(r"[ ><=]", line)[0] for line in Parser().parsestr(metadata).get_all("Requires-Dist")}

    assert names - {"tzdata"} == imported_libraries() - {"pytest"}
    assert "offline-zoom=offline_zoom.__main__:main" in entries and "offline_zoom.pytest_plugin" in entries
    assert {"offline_zoom/templates/client.html", "offline_zoom/assets/sandbox.css"} <= files


def imported_libraries() -> set[str]:
    """The names of all imports that are neither Python's nor our own."""
    found = set()
    for path in (PROJECT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"offline_zoom"}


#: Each recipe of the README, and what its program prints.
PRINTED = {
    "-- curl": '"code":124',
    "--redirect-uri https://app.example/callback -- python examples/oauth_app.py": "Refreshed for Dana Okoye",
    "run --server-to-server -- python": "dana@example.com: ",
    "python examples/webhook_receiver.py": "Received meeting.created: A test",
    "--fault per-second-limit:2": "Zoom's limit is reached; waiting",
    "--fault lost-rotation": "The refresh failed",
    "--seed examples/world.toml": "mia@acme.example: 1 meetings",
    "--expect examples/expected_calls.txt": "ada@example.com: ",
    "examples/chatbot.py": "Wrote to jonas@example.com",
}


COMMAND = re.compile(r"^    (offline-zoom\b.*?)(?:\s{2,}#.*)?$", re.MULTILINE)
#: recipes with a test of their own: those for Node and Go, and a server that runs until Ctrl-C
ELSEWHERE = ("node examples/node", "go run", "examples/zoom_app.py")
RECIPES = [
    command
    for command in COMMAND.findall(README)
    if command.startswith("offline-zoom run") and not any(part in command for part in ELSEWHERE)
]


@pytest.mark.parametrize("command", RECIPES)
def test_each_recipe_of_the_readme_works(command, monkeypatch, capfd):
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    (printed,) = (text for part, text in PRINTED.items() if part in command)

    status = main(shlex.split(command.replace("5066", str(free_port())))[1:])
    output, errors = capfd.readouterr()

    assert (status, printed in output) == (0, True), f"{output}\n{errors}"


def test_go_recipe_of_the_readme_works(monkeypatch, capfd):
    if not shutil.which("go"):
        pytest.skip("Go is not installed")
    (command,) = re.findall(r"^    offline-zoom (run .* go run .*)$", README, re.MULTILINE)
    monkeypatch.chdir(PROJECT)

    assert main(shlex.split(command)) == 0
    assert capfd.readouterr().out.splitlines()[0] == "dana@example.com"


def test_job_of_github_actions_works(monkeypatch, capfd, tmp_path):
    (text,) = re.findall(r"```yaml\n(.+?)```", README, re.DOTALL)
    steps = yaml.safe_load(text)["jobs"]["zoom"]["steps"]
    install, check = (step["run"] for step in steps if "run" in step)
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")

    status = main(shlex.split(check.replace("calls.har", str(tmp_path / "calls.har")))[1:])

    assert install.startswith("pip install ./offline-zoom ")
    assert (status, "ada@example.com: " in capfd.readouterr().out) == (0, True)
    assert (tmp_path / "calls.har").exists()
    assert {step.get("working-directory") for step in steps if "run" in step} == {None, PROJECT.name}


def dockerfile() -> dict[str, list[str]]:
    """The instructions of the Dockerfile: their arguments, by word."""
    text = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            found.setdefault(word, []).append(rest.strip())
    return found


def test_image_copies_existing_files_and_runs_a_valid_command_without_rights():
    words = dockerfile()
    copied = [path for rest in words["COPY"] for path in rest.split()[:-1]]
    (program, *options), (checker, command, *rest) = (
        json.loads(text[text.index("[") :]) for text in (*words["ENTRYPOINT"], *words["HEALTHCHECK"])
    )
    needed = {path.name for path in PROJECT.iterdir()} & set(re.findall(r'"(\w+\.?\w*)"', PYPROJECT))

    assert words["FROM"][0].endswith("-slim")
    assert all((PROJECT / path).exists() for path in copied) and {"src", "pyproject.toml", *needed} <= {*copied}
    assert (program, checker) == ("offline-zoom", "offline-zoom")
    assert PARSERS["serve"].parse_args(options).in_container
    assert PARSERS[command].parse_args(rest).url.endswith(f":{words['EXPOSE'][0]}")
    assert list(words).index("USER") > list(words).index("RUN") and words["USER"] != ["root"]


def test_only_a_container_serves_more_than_loopback(tmp_path):
    with pytest.raises(ValueError, match="for a container only"):
        serve.container_name(tmp_path)
    (tmp_path / ".dockerenv").touch()
    assert serve.container_name(tmp_path) == socket.gethostname()


def test_other_commands_of_the_readme_have_valid_arguments():
    for command in COMMAND.findall(README):
        words = shlex.split(command)[1:] or ["serve"]
        name = words[0] if words[0] in COMMANDS else "serve"
        if name in PARSERS and name != "run":
            PARSERS[name].parse_args(words[1:] if words[0] == name else words)


def test_readme_lists_the_simulated_endpoints():
    """After a change: ``offline-zoom endpoints --write offline-zoom/README.md``."""
    listed = README.partition("<!-- endpoints -->\n")[2].partition("\n<!-- end of endpoints -->")[0]

    assert listed.splitlines() == table()


def test_readme_names_every_option():
    documented = set(re.findall(r"--[a-z][a-z0-9-]+", README))
    for name in PARSERS:
        assert options_of(name) - {"--help", "--version"} <= documented


def options_of(name: str) -> set[str]:
    return {option for action in PARSERS[name]._actions for option in action.option_strings if option.startswith("--")}


def test_endpoints_command_prints_the_table_or_writes_it(capsys, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    assert main(["endpoints"]) == 0
    assert capsys.readouterr().out.splitlines() == table()
    assert main(["endpoints", "--write", str(path)]) == 0
    assert path.read_text().splitlines() == ["before", BEGIN, *table(), END, "after"]
    path.write_text("nothing")
    assert main(["endpoints", "--write", str(path)]) == 1
    assert path.read_text() == "nothing"


def test_the_pytest_example_of_the_readme_passes(tmp_path):
    (example,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    (tmp_path / "test_example.py").write_text(example)
    plugin = ["-p", "offline_zoom.pytest_plugin"]
    environ = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", *plugin, str(tmp_path)]

    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS)

    assert "3 passed" in done.stdout, done.stdout + done.stderr
