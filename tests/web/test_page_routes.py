"""The modules of ``web/pages``: their blueprints are registered, their routes do not depend on the order."""

import re
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.support.page_routes import NO_PAGES, example, filled, page_routes, readable, url_map
from tests.web.reading import read
from zoomapp.web import pages

PAGES = Path(pages.__file__).parent


def test_each_page_module_with_routes_has_a_registered_blueprint(app):
    with_routes = {path.stem for path in PAGES.glob("*.py") if "\n@bp." in path.read_text()}
    registered = {blueprint.import_name.rpartition(".")[2] for blueprint in app.blueprints.values()}

    assert len(with_routes) > 15
    assert with_routes <= registered


def matched(urls, address, method):
    """The endpoint and the values for a request, or the kind of the error."""
    try:
        return urls.match(address, method)
    except HTTPException as error:
        return type(error)


def test_the_order_of_the_routes_does_not_matter(app):
    rules = list(app.url_map.iter_rules())
    options = {"merge_slashes": app.url_map.merge_slashes, "strict_slashes": app.url_map.strict_slashes}
    forward, backward = (
        Map([rule.empty() for rule in ordered], **options).bind("") for ordered in (rules, reversed(rules))
    )
    addresses = {re.sub(r"<\w+>", "csv", filled(readable(rule))) for rule in rules}
    found = {
        (address, method): (matched(forward, address, method), matched(backward, address, method))
        for address in addresses
        for method in ("GET", "POST")
    }

    reached = {pair[0][0] for pair in found.values() if isinstance(pair[0], tuple)}
    assert reached >= {rule.endpoint for rule in url_map().iter_rules()}
    assert {request: pair for request, pair in found.items() if pair[0] != pair[1]} == {}


def test_each_exception_is_a_route():
    assert {readable(rule) for rule in url_map().iter_rules()} >= NO_PAGES


@pytest.mark.parametrize("route", page_routes())
def test_each_page_answers_with_html(dana, route):
    address = example(route)

    assert "<" not in address, "add an example of the parameter to tests/support/page_routes.py"
    read(dana.look(address))
