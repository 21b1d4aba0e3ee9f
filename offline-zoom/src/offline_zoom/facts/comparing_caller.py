"""One world whose operations are called in the same process, and compared with the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from offline_zoom.app import create_app
from offline_zoom.facts.comparison import Comparison
from offline_zoom.facts.notation import load_facts, unnamed
from offline_zoom.rest.endpoints import EndpointRule
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.webhooks.events import Event
from offline_zoom.world import World

JSON = dict[str, Any]
#: what no user of the app grants
MORE_SCOPES = (
    "zoomapp:inmeeting",
    "report:read:admin",
    "marketplace:read:app",
    "marketplace:write:app",
    "marketplace_app:read",
)


class ComparingCaller:
    """Calls operations of one world and compares each answer. ``examples``: values of the parameters of paths."""

    def __init__(self, story: str, now: float, examples: dict[str, str]) -> None:
        self.world = World(story, clock=lambda: now, sleep=lambda seconds: None)
        self.examples = examples
        self.facts, self.comparison = load_facts(), Comparison()
        self.events: list[Event] = []
        self.world.on_event(self.events.append)
        self.session = requests.Session()
        adapter = OfflineZoomAdapter(self.world)
        self.app = adapter.app
        self.session.mount("http://", adapter)

    def token(self, user: str) -> str:
        """An access token of this user; of the app itself without a name."""
        grants, world = self.world.grants, self.world
        if not user:
            return grants.grant_app("", ["imchat:bot"], "app").access_token
        return grants.grant(world.user(user).id, [*world.scopes(user), *MORE_SCOPES]).access_token

    def call(
        self,
        operation: str,
        body: JSON | None = None,
        *,
        path: str = "",
        query: Mapping[str, str] | None = None,
        user: str = "dana",
    ) -> JSON:
        """Call an operation and compare its answer. ``path``: the path, if it differs from the examples.

        Raises RuntimeError for another status than Zoom's.
        """
        facts, (method, template) = self.facts[operation], operation.split(" ")
        for name, example in self.examples.items():
            template = template.replace(f"{{{name}}}", example)
        url = f"{self.world.base_url}/v2{path or template}"
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        answer = self.session.request(method, url, params=query, json=body, headers=headers)
        if answer.status_code != facts.status:
            raise RuntimeError(f"{operation}: {answer.status_code} {answer.text}")
        found: JSON = answer.json() if answer.content else {}
        self.comparison.add(facts, found)
        return found

    def compare_rules(self) -> None:
        """Compare the scopes and the label of every simulated operation."""
        rules = simulated_operations(self.world)
        for name, facts in self.facts.items():
            if unnamed(name) in rules:
                rule = rules[unnamed(name)]
                self.comparison.add_rule(facts, {*rule.scopes.own[:1], *rule.scopes.account[:1]}, rule.label)

    def compare_events(self) -> None:
        """Compare every event that the world has sent."""
        for event in self.events:
            self.comparison.add(self.facts[event["event"]], event)


def simulated_operations(world: World) -> dict[str, EndpointRule]:
    """The rule of every operation that the offline Zoom simulates, by its name without the names of parameters."""
    views = create_app(world).view_functions
    rules = {name.removeprefix("rest."): view.rule for name, view in views.items() if hasattr(view, "rule")}
    return {unnamed(name): rule for name, rule in rules.items()}
