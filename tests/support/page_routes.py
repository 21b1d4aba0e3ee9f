"""The pages of the app, from its URL map, each with an example address in the story ``quiet-day``."""

import re

from flask import Flask
from werkzeug.routing import Map, Rule

from zoomapp.web.pages import page_blueprints

#: An example of each route parameter: a meeting with traps in its UUID, another one, and a person in it.
EXAMPLES = {
    "key": "mZ_f3MfttxSz5wUidTLRvw",
    "other": "_I84Pj7PRnR0S-zLVAnH1w",
    "person": "05d8b58608",
    "meeting_id": "85000000101",
}
#: Pages that show more for another example: a meeting with a summary, polls and registrants; a meeting to register for;
#: a series; a recording.
ADDRESSES = {
    "/participants/<key>/summary": "/participants/_I84Pj7PRnR0S-zLVAnH1w/summary",
    "/participants/<key>/polls": "/participants/_I84Pj7PRnR0S-zLVAnH1w/polls",
    "/participants/<key>/qa": "/participants/_I84Pj7PRnR0S-zLVAnH1w/qa",
    "/participants/<key>/recording": "/participants/_I84Pj7PRnR0S-zLVAnH1w/recording",
    "/participants/<key>/registrants": "/participants/_I84Pj7PRnR0S-zLVAnH1w/registrants",
    "/meetings/<meeting_id>/polls": "/meetings/85512340987/polls",
    "/meetings/<meeting_id>/registrants": "/meetings/85000000106/registrants",
    "/meetings/<meeting_id>/registrants/add": "/meetings/85000000106/registrants/add",
    "/participants/<key>/times": "/participants/85512340987/times",
    "/series/<key>": "/series/85512340987",
    "/series/<key>/roster": "/series/85512340987/roster",
    "/recordings/<key>/passcode": "/recordings/_I84Pj7PRnR0S-zLVAnH1w/passcode",
}
#: GET routes of page modules that answer a signed-in browser with something else than a page. Routes with a dot, which
#: are files, do so too.
NO_PAGES = {
    "/connect",  # redirects those who are signed in; test_pages_everywhere.py shows it to a visitor
    "/meetings/<meeting_id>/start",  # redirects to Zoom
    "/participants/<key>/live",  # a part of a page
    "/participants/<key>/people/<person>/sessions",  # another
    "/recordings/<key>/<file>",  # a file
    "/series/<key>/compare",  # redirects to the comparison
}


def url_map() -> Map:
    """The routes of the page modules."""
    app = Flask("pages", static_folder=None)
    for blueprint in page_blueprints():
        app.register_blueprint(blueprint)
    return app.url_map


def readable(rule: Rule) -> str:
    """The address of a route as documents write it: ``/meetings/<meeting_id>``, without the converters."""
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"<\1>", rule.rule)


def page_routes() -> list[str]:
    """The routes of all pages: those that answer a signed-in browser's GET with HTML."""
    routes = {readable(rule) for rule in url_map().iter_rules() if "GET" in (rule.methods or ())}
    return sorted(route for route in routes if "." not in route and route not in NO_PAGES)


def filled(route: str) -> str:
    """A route with an example in place of each parameter that has one."""
    return re.sub(r"<(\w+)>", lambda parameter: EXAMPLES.get(parameter[1], parameter[0]), route)


def example(route: str) -> str:
    """An address of a page."""
    return ADDRESSES.get(route) or filled(route)
