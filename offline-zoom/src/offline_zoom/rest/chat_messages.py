"""Team Chat messages of a chatbot."""

from __future__ import annotations

from typing import Any, TypeGuard

from flask import request

from offline_zoom.dates import iso
from offline_zoom.errors import current_world, refuse
from offline_zoom.identifiers import random_text
from offline_zoom.oauth.scopes import BOT
from offline_zoom.request_json import json_value
from offline_zoom.rest.endpoints import EndpointRule, endpoint

JSON = dict[str, Any]


@endpoint("POST", "/im/chat/messages", EndpointRule(BOT, "Medium"))
def send_chat() -> JSON:
    """Accept a chatbot's message to Team Chat. Nothing shows it."""
    body = json_value(request.get_data())
    if not is_message(body):
        refuse(400, 7001, "Body format error.")
    if "@" not in body["robot_jid"]:
        refuse(404, 7002, "Invalid robot_jid.")
    if not body["robot_jid"].startswith("v1"):
        refuse(403, 7003, "No chatbot can be found with the given robot_jid.")
    world = current_world()
    if body["account_id"] not in world.accounts or body["to_jid"] not in {user.jid for user in world.users.values()}:
        refuse(403, 7004, "Not authorized, or no such to_jid.")
    sent = {"message_id": random_text(32), "robot_jid": body["robot_jid"], "to_jid": body["to_jid"]}
    return {**sent, "user_jid": body.get("user_jid", ""), "sent_time": iso(world.now())}


def is_message(body: Any) -> TypeGuard[JSON]:
    """Whether this is a message: three texts, and a content with a head or a body."""
    if not isinstance(body, dict) or not isinstance(body.get("content"), dict):
        return False
    if body["content"].keys().isdisjoint(("head", "body")):
        return False
    return all(isinstance(body.get(name), str) and body[name] for name in ("robot_jid", "to_jid", "account_id"))
