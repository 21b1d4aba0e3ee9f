"""``offline-zoom replay FILE``: sends recorded calls again, to a world in this process, and prints what differs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from offline_zoom.commands.options import CANNOT_START, MISUSE, create_world, say, world_options
from offline_zoom.intercept.connect_proxy import is_zoom_host
from offline_zoom.seed.reader import SeedError
from offline_zoom.serving.http_server import is_loopback
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import World

DIFFERENT = 1
WITH_BODY = ("POST", "PUT", "PATCH")


class Recorded(NamedTuple):
    """A recorded call of the REST API. ``body`` and ``content`` are None where the file does not have them."""

    method: str
    path: str
    query: str
    status: int
    body: str | None = None
    content: Any = None


def main(arguments: list[str]) -> int:
    """Print the differences. Returns 1 if there are any."""
    options = parser().parse_args(arguments)
    try:
        calls = read(Path(options.file).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"{options.file} is neither an HTTP archive nor a list of offline-zoom calls ({error})")
        return MISUSE
    try:
        world = own_world(options)
    except SeedError as error:
        say(f"{options.seed}, {error}")
        return MISUSE
    except (OSError, ValueError) as error:
        say(str(error))
        return CANNOT_START
    sent = [call for call in calls if call.body is not None or call.method not in WITH_BODY]
    lines = list(differences(sent, world, options.server_to_server))
    print("\n".join([*lines, f"{len(sent)} calls, {len(lines)} differences"]))
    if len(sent) < len(calls):
        say(f"{len(calls) - len(sent)} calls were not sent: the file does not have their bodies")
    return DIFFERENT if lines else 0


def own_world(options: argparse.Namespace) -> World:
    """A world that saves nothing and sends no events. Raises OSError and SeedError."""
    options.data, options.clock_file = None, ""
    world = create_world(options)
    world.webhook_url = ""
    return world


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        "offline-zoom replay",
        description="Sends recorded calls of the REST API again, to an offline Zoom in this process alone.",
        parents=[world_options()],
    )
    parser.add_argument(
        "file", metavar="FILE", help="an HTTP archive (HAR), or the output of offline-zoom calls --json"
    )
    return parser


def read(text: str) -> list[Recorded]:
    """The answered calls of the REST API in a file. Raises ValueError, KeyError, TypeError, AttributeError."""
    document = json.loads(text)
    if isinstance(document, list):
        found = [(row["host"], Recorded(row["method"], row["path"], row["query"], row["status"])) for row in document]
    else:
        found = [of_archive(entry) for entry in document["log"]["entries"]]
    return [call for host, call in found if is_known(host) and call.path.startswith("/v2/") and call.status]


def of_archive(entry: dict[str, Any]) -> tuple[str, Recorded]:
    """Host and call of an entry of an archive."""
    request, response = entry["request"], entry["response"]
    url, content = urlsplit(request["url"]), response.get("content", {})
    text = content.get("text") if "json" in content.get("mimeType", "") and "encoding" not in content else None
    body = request.get("postData", {}).get("text")
    return url.netloc, Recorded(request["method"], url.path, url.query, response["status"], body, json_or_none(text))


def json_or_none(text: str | None) -> Any:
    """The value of a text in JSON. None for any other text."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def is_known(netloc: str) -> bool:
    """Whether Zoom or an offline Zoom answers at this host."""
    host = urlsplit(f"//{netloc}").hostname or ""
    return is_zoom_host(host) or is_loopback(host)


def differences(calls: list[Recorded], world: World, of_account: bool) -> Iterator[str]:
    """A line for each call that is answered in another way now."""
    session = requests.Session()
    session.trust_env = False
    session.mount(world.base_url, OfflineZoomAdapter(world))
    session.headers["Authorization"] = f"Bearer {access_token(world, of_account)}"
    page_tokens: dict[str, str] = {}
    for call in calls:
        name = f"{call.method} {call.path}"
        query = [
            (key, page_tokens.get(call.path, "") if key == "next_page_token" and value else value)
            for key, value in parse_qsl(call.query, keep_blank_values=True)
        ]
        address = f"{world.base_url}{call.path}?{urlencode(query)}"
        try:
            answer = session.request(call.method, address, data=call.body, headers=JSON, allow_redirects=False)
        except requests.RequestException:
            yield f"{name}: {call.status} in the file, dropped now"
            continue
        content = json_or_none(answer.text)
        page_tokens[call.path] = content.get("next_page_token", "") if isinstance(content, dict) else ""
        if answer.status_code != call.status:
            yield f"{name}: {call.status} in the file, {answer.status_code} now"
        elif call.content is not None:
            before, after = shape(call.content), shape(content)
            yield from (f"{name}: {field} is in the file only" for field in sorted(before - after))
            yield from (f"{name}: {field} is new" for field in sorted(after - before))


JSON = {"Content-Type": "application/json"}


def access_token(world: World, of_account: bool) -> str:
    """A token of the signed-in user, or of the Server-to-Server app."""
    if of_account:
        return world.grants.grant_app(world.me.id, world.account_app.scopes, "account").access_token
    return world.grants.grant(world.me.id, world.scopes(world.me)).access_token


def shape(value: Any, path: str = "") -> set[str]:
    """The fields of a JSON value with their types, such as ``meetings[].topic: text``."""
    if isinstance(value, dict):
        return {field for name, item in value.items() for field in shape(item, f"{path}.{name}".lstrip("."))}
    if isinstance(value, list):
        return {field for item in value for field in shape(item, f"{path}[]")}
    kinds = {str: "text", bool: "true or false", int: "number", float: "number", type(None): "null"}
    return {f"{path}: {kinds[type(value)]}"}
