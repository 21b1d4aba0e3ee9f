"""The rules of the house: package layers, names, settings, routes, templates."""

import ast
import hashlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from tests.support.page_routes import page_routes, readable
from zoomapp.config import Settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference.md"

#: From low to high: a package imports itself and lower ones. ``base`` is the modules directly in ``zoomapp/``.
LAYERS = (
    *("base", "regions", "charts", "store", "zoom", "server", "fastpath", "tokens", "auth", "user_api"),
    *("meetings", "attendance", "recordings", "meeting_content", "registration", "webhooks"),
    *("services", "web", "factory"),
)
#: Only these layers may import these libraries.
LIBRARIES = {"flask": ("web", "factory"), "werkzeug": ("web", "factory"), "flask_session": ("web",)}
#: Private names of libraries that are used outside ``fastpath/``, each because there is no public one.
PRIVATE_NAMES = {
    # The object behind Flask's proxies; named in Flask's documentation.
    ("zoomapp.web.current_user", "_get_current_object"),
    ("zoomapp.web.middleware.access_log", "_get_current_object"),
    # The logging HOWTO says to set it to None ("Optimization").
    ("zoomapp.log_setup", "_srcfile"),
}
MAX_LOOSE_MODULES = 10
MAX_WEB_MODULES = 15


def modules(package):
    folder = ROOT / package
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path):
    """The full names that a file imports, wherever in it: ``from a import b`` is ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively; say where from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(path, known):
    """The modules among ``known`` that a file imports, or imports something from."""
    for name in imports(path):
        module = name if name in known else name.rpartition(".")[0]
        if module in known:
            yield module


def layer(name):
    """The layer of a module of ``zoomapp``."""
    if name == "zoomapp":
        return "factory"
    part = name.split(".")[1]
    if part in ("web", "cli"):
        return "web"
    return part if part in LAYERS else "base"


ALL = dict(modules("zoomapp"))


def test_imports_point_down():
    found = {
        (name, wanted)
        for name, path in ALL.items()
        for wanted in imported_modules(path, ALL)
        if LAYERS.index(layer(wanted)) > LAYERS.index(layer(name)) and wanted != "zoomapp"
    }

    assert not found


def test_only_the_web_layer_imports_flask():
    wrong = [
        f"{name} imports {wanted}"
        for name, path in ALL.items()
        for wanted in imports(path)
        if layer(name) not in LIBRARIES.get(wanted.split(".")[0], LAYERS)
    ]

    assert not wrong


def test_private_names_of_libraries_are_used_in_fastpath_only():
    own = {name for path in ALL.values() for name in defined_private_names(path)}
    found = {
        (name, attribute)
        for name, path in ALL.items()
        for attribute in private_attributes(path)
        if layer(name) != "fastpath" and attribute not in own
    }

    assert found == PRIVATE_NAMES


def private_attributes(path):
    """The attributes with one underscore that a file reads or sets on any object, ``self`` included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            yield node.attr


def defined_private_names(path):
    """The private names that a file defines: functions, methods, classes, variables, and attributes of ``self``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


@pytest.mark.parametrize(
    ("code", "attributes"),
    [
        ("pool._get_conn()", ["_get_conn"]),
        ("self.pool._put_conn(connection)", ["_put_conn"]),
        ("super()._keepalive_after(conn, True)", ["_keepalive_after"]),
        ("pool.connection_from_host(host).__class__", []),
    ],
)
def test_private_attributes_are_found(tmp_path, code, attributes):
    path = tmp_path / "module.py"
    path.write_text(code)

    assert list(private_attributes(path)) == attributes


def test_few_modules_stand_outside_a_package():
    loose = [path.name for path in (ROOT / "zoomapp").glob("*.py") if path.name != "__init__.py"]
    web = list((ROOT / "zoomapp" / "web").glob("*.py"))

    assert len(loose) <= MAX_LOOSE_MODULES, loose
    assert len(web) <= MAX_WEB_MODULES, web


@pytest.mark.parametrize("package", ["zoomapp", "offline-zoom/src/offline_zoom"])
def test_no_module_imports_itself_through_others(package):
    known = dict(modules(package))
    graph = {name: set(imported_modules(path, known)) - {name} for name, path in known.items()}

    assert not cycles(graph)


def cycles(graph):
    """Groups of modules that import each other, as sets of names (Tarjan's strongly connected components)."""
    index, low, stack, found = {}, {}, [], set()

    def visit(name):
        index[name] = low[name] = len(index)
        stack.append(name)
        for wanted in sorted(graph[name]):
            if wanted not in index:
                visit(wanted)
            if wanted in stack:
                low[name] = min(low[name], low[wanted])
        if low[name] == index[name]:
            group = set()
            while name not in group:
                group.add(stack.pop())
            if len(group) > 1:
                found.add(frozenset(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def test_offline_zoom_and_app_share_no_code():
    for package, other in (("zoomapp", "offline_zoom"), ("offline-zoom/src/offline_zoom", "zoomapp")):
        for name, path in modules(package):
            assert not any(wanted.split(".")[0] == other for wanted in imports(path)), f"{name} imports {other}"


def test_reference_names_every_setting():
    words = set(re.findall(r"[A-Z][A-Z0-9_]+", REFERENCE.read_text()))

    assert {field.name.upper() for field in fields(Settings)} <= words


def without_end_slash(address):
    return address.rstrip("/") or "/"


def documented_routes():
    """The addresses in the table of routes, and those of its groups: ``/settings/…`` is each page below."""
    table = REFERENCE.read_text().partition("## Routes")[2].partition("\n\nFailures")[0]
    rows = [line.split(" | ")[0] for line in table.splitlines() if line.startswith(("| `", "| any"))]
    addresses = {without_end_slash(name) for row in rows for name in re.findall(r"`(?:[A-Z]+ )?(/[^`]*)`", row)}
    groups = {address for address in addresses if address.endswith("/…")}
    return addresses - groups, tuple(address.removesuffix("…") for address in groups)


def test_reference_names_every_route(app):
    named, groups = documented_routes()
    routes = {without_end_slash(readable(rule).removesuffix("<_>")) for rule in app.url_map.iter_rules()}
    in_a_group = {page for page in page_routes() if page.startswith(groups)}

    assert sorted(routes - named - in_a_group) == []
    assert sorted(named - routes) == [], "the reference names a route that does not exist"
    assert [group for group in groups if not any(page.startswith(group) for page in in_a_group)] == []


def test_reference_shows_where_every_module_lives():
    house = REFERENCE.read_text().partition("## The house")[2].partition("\n## ")[0]
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


def test_vendored_files_equal_the_published_ones():
    vendor = ROOT / "static" / "vendor"
    documented = dict(re.findall(r"\| `(\S+\.js)` .*`([0-9a-f]{64})`", (vendor / "README.md").read_text()))
    found = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*.js")
    }

    assert documented == found
    assert all(list((vendor / name).parent.glob("LICENSE*")) for name in documented)


def test_the_tests_that_acceptance_names_exist():
    text = (ROOT / "docs" / "acceptance.md").read_text()
    where, missing = Path(), []
    for path, name in re.findall(r"`((?:tests|bench)/\S+\.py)`|`(test_\w+)`", text):
        where = ROOT / path if path else where
        if name and f"def {name}(" not in where.read_text():
            missing.append(f"{where.name}: {name}")

    assert not missing
