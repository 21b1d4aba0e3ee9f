"""The tools page: meeting chat and live media through Zoom's SDK, and Team Chat messages through the app's chatbot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.errors import RateLimited, UpstreamError, ZoomAppError
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.web.components import form_drafts
from zoomapp.web.components.notice import CHATBOT, OVERVIEW, Notice, Permission, notice_for
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import require_connection, user_records
from zoomapp.zoom.chatbot import Recipient

bp = Blueprint("tools", __name__)

MAX_MESSAGE_LENGTH = 4096
FIELDS = ("to", "head", "text")


@bp.get("/tools")
def show() -> str:
    """The Team Chat form. A script adds the tools of the SDK when the page is in Zoom's client."""
    require_connection()
    if (draft := form_drafts.take()) is not None:
        return _page(_fields(draft), idempotency.new_key(), notice=form_drafts.restored_notice())
    return _page(dict.fromkeys(FIELDS, ""), idempotency.new_key())


@bp.post("/tools")
def send() -> ResponseReturnValue:
    """Send a Team Chat message as the app's chatbot. The same form sent twice sends one message."""
    keys = IdempotencyKeys(user_records(), user_client().user_id)
    fields, key = _fields(request.form), request.form.get("once", "")
    if faults := _faults(fields):
        return _page(fields, key, faults), 422
    if not keys.begin(key):
        say_done("Sent only once", "The form was sent twice, so we used the first one.")
        return redirect(url_for(".show"), 303)
    permission = OVERVIEW
    try:
        recipient = _recipient(fields["to"])
        permission = CHATBOT
        services().chatbot.send(recipient, fields["head"] or services().settings.app_name, fields["text"])
    except ZoomAppError as error:
        keys.give_up(key)
        return _not_sent(fields, key, permission, error)
    keys.finish(key, "sent")
    say_done("Message sent", "It is in Team Chat.")
    return redirect(url_for(".show"), 303)


def _fields(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in FIELDS}


def _not_sent(fields: dict[str, str], key: str, permission: Permission, error: ZoomAppError) -> ResponseReturnValue:
    form_drafts.show_again_or_raise(error)
    notice = notice_for(error, permission)
    if permission is CHATBOT and isinstance(error, UpstreamError) and not isinstance(error, RateLimited):
        # Zoom may have sent the message, and only its answer was lost.
        title = "We don’t know whether Zoom sent the message"
        notice = replace(notice, title=title, text="Check Team Chat before you send it again.", actions=())
    status = error.status if isinstance(error, UpstreamError) else 200
    return _page(fields, key, notice=notice), status, error.headers


def _recipient(jid: str) -> Recipient:
    """The recipient with this address, or the user; in the user's account."""
    profile = user_client().profile()
    own_jid = profile.text("jid")
    return Recipient(jid or own_jid, profile.text("account_id"), own_jid)


def _faults(fields: dict[str, str]) -> dict[str, str]:
    """A message for each field that is not valid."""
    faults = {}
    if fields["to"] and "@" not in fields["to"]:
        faults["to"] = "Enter an address such as abc@xmpp.zoom.us, or leave it empty"
    if not fields["text"]:
        faults["text"] = "Enter a message"
    elif len(fields["text"]) > MAX_MESSAGE_LENGTH:
        faults["text"] = f"Message is {len(fields['text'])} characters, shorten it to {MAX_MESSAGE_LENGTH}"
    return faults


def _page(fields: dict[str, str], key: str, faults: dict[str, str] | None = None, notice: Notice | None = None) -> str:
    return render_template(
        "pages/tools.html",
        fields=fields,
        key=key or idempotency.new_key(),
        faults=faults or {},
        trouble=notice,
        chatbot=bool(services().chatbot.robot_jid),
        done=done(),
    )
