"""The house keeps its own rules: floors, settings, routes, templates."""

import ast
import hashlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from zoomapp.config import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"

#: A module imports its own floor or lower ones. The longest name that fits decides.
FLOORS = {
    "zoomapp": 6,
    "zoomapp.web": 5,
    "zoomapp.cli": 5,
    "zoomapp.services": 4,
    "zoomapp.gateway": 3,
    "zoomapp.signin": 3,
    "zoomapp.chatbot": 3,
    "zoomapp.events": 3,
    "zoomapp.tokens": 2,
    "zoomapp.answers": 2,
    "zoomapp.governor": 3,
    "zoomapp.marks": 2,
    "zoomapp.refused_endpoints": 2,
    "zoomapp.begun": 2,
    "zoomapp.kept": 2,
    "zoomapp.calllog": 2,
    "zoomapp.context_uses": 2,
    "zoomapp.handed": 2,
    "zoomapp.once": 2,
    "zoomapp.preferences": 2,
    "zoomapp.rooms": 2,
    "zoomapp.snapshots": 2,
    "zoomapp.sightings": 2,
    "zoomapp.zoom": 1,
    "zoomapp.storage": 1,
    "zoomapp.agenda": 1,
    "zoomapp.attendance": 1,
    "zoomapp.charts": 1,
    "zoomapp.exports": 1,
    "zoomapp.forms": 1,
    "zoomapp.ics": 1,
    "zoomapp.paging": 1,
    "zoomapp.errors": 0,
    "zoomapp.config": 0,
    "zoomapp.logs": 0,
    "zoomapp.metrics": 0,
    "zoomapp.keys": 0,
    "zoomapp.deadline": 0,
    "zoomapp.noted": 0,
    "zoomapp.scopes": 0,
    "zoomapp.times": 0,
    "zoomapp.urls": 0,
}
#: Packages a floor has no business with.
FOREIGN = {"flask": 5, "werkzeug": 5, "flask_session": 5, "redis": 1, "requests": 1}


def modules(package):
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path):
    """The names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively; say where from"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(name):
    known = [each for each in FLOORS if name == each or name.startswith(each + ".")]
    best = max(known, key=len, default=None)
    # Only the factory itself stands on top; a module that fits nowhere else has no floor yet.
    return None if best is None or (best == "zoomapp" and name != "zoomapp") else FLOORS[best]


ALL = {name for name, _ in modules("zoomapp")}


@pytest.mark.parametrize(("name", "path"), list(modules("zoomapp")), ids=lambda value: str(value))
def test_calls_go_down(name, path):
    own = floor(name)
    assert own is not None, f"{name} has no floor: give it one in FLOORS"

    for wanted in imports(path):
        if wanted in ALL and wanted != "zoomapp":
            assert floor(wanted) <= own, f"{name} (floor {own}) imports {wanted} (floor {floor(wanted)})"
        lowest = FOREIGN.get(wanted.split(".")[0])
        assert lowest is None or own >= lowest, f"{name} (floor {own}) imports {wanted}"


def test_sandbox_and_app_share_no_code():
    for package, other in (("zoomapp", "sandbox"), ("sandbox", "zoomapp")):
        for name, path in modules(package):
            assert not any(wanted.split(".")[0] == other for wanted in imports(path)), f"{name} imports {other}"


def test_readme_names_every_setting():
    words = set(re.findall(r"[A-Z][A-Z_]+", README.read_text()))

    assert {field.name.upper() for field in fields(Settings)} <= words


def test_readme_names_every_route(app):
    text = README.read_text()
    rules = {re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}

    missing = sorted(rule for rule in rules if rule.removesuffix("<_>") not in text)
    assert not missing


def test_readme_shows_where_every_module_lives():
    house = README.read_text().partition("## The house")[2].partition("\n## ")[0]
    parts = {name.split(".")[1] for name in ALL if "." in name}

    assert not [name for name in sorted(parts) if not re.search(rf"\b{name}(\.py|/)`", house)]


def test_only_the_factory_looks_at_the_environment():
    found = [name for name, path in modules("zoomapp") if re.search(r"os\.environ|getenv", path.read_text())]

    assert found == ["zoomapp"]


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_imports_nothing_it_does_not_use(path):
    text = path.read_text()
    imported = []
    for names in re.findall(r"{%-?\s*from\s+\S+\s+import\s+(.+?)\s*(?:with context\s*)?-?%}", text):
        imported += [name.split(" as ")[-1].strip() for name in names.split(",")]

    for name in imported:
        assert len(re.findall(rf"\b{re.escape(name)}\b", text)) > 1, f"{name} is imported and not used"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline(path):
    text = path.read_text()

    assert not re.search(r"<[^>]+\sstyle=", text), "an inline style breaks the content policy"
    assert not re.search(r"<[^>]+\son[a-z]+=", text), "an inline handler breaks the content policy"
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), "an inline script breaks the content policy"
    assert "|safe" not in text.replace(" ", ""), "escape at the border instead of trusting here"


def test_what_is_vendored_is_what_was_published():
    vendor = ROOT / "static" / "vendor"
    told = dict(re.findall(r"\| `(\S+\.js)` .*`([0-9a-f]{64})`", (vendor / "README.md").read_text()))
    found = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*.js")
    }

    assert told == found
    assert all(list((vendor / name).parent.glob("LICENSE*")) for name in told)


def test_the_tests_that_acceptance_names_exist():
    text = (ROOT / "docs" / "acceptance.md").read_text()
    where, missing = Path(), []
    for path, name in re.findall(r"`((?:tests|bench)/\S+\.py)`|`(test_\w+)`", text):
        where = ROOT / path if path else where
        if name and f"def {name}(" not in where.read_text():
            missing.append(f"{where.name}: {name}")

    assert not missing
