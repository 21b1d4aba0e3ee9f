"""Tools for a meeting: its chat and its live media through the SDK, Team Chat through the app's chatbot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.errors import RateLimited, TokenError, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.web.components import form_drafts
from zoomapp.web.components.notice import CHATBOT, OVERVIEW, Notice, Permission, notice_for
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import connected, user_records
from zoomapp.zoom.chatbot import Recipient

bp = Blueprint("tools", __name__)

MOST_CHARS = 4096
FIELDS = ("to", "head", "text")


@bp.get("/tools")
def show() -> str:
    """The forms. What the SDK does is drawn by a script, where there is a client."""
    connected()
    if (typed := form_drafts.take()) is not None:
        return _page(_sent(typed), idempotency.new_key(), notice=form_drafts.offered())
    return _page(dict.fromkeys(FIELDS, ""), idempotency.new_key())


@bp.post("/tools")
def send() -> ResponseReturnValue:
    """Send a Team Chat message as the app's chatbot; the same form sent twice sends once."""
    who = user_client().user_id
    sent = _sent(request.form)
    key, before = request.form.get("once", ""), IdempotencyKeys(user_records(), who)
    if faults := _faults(sent):
        return _page(sent, key, faults), 422
    if not before.begin(key):
        say_done("Sent only once", "The form came twice; the first one counts.")
        return redirect(url_for(".show"), 303)
    need = OVERVIEW
    try:
        to = _recipient(sent["to"])
        need = CHATBOT
        services().chatbot.send(to, sent["head"] or services().settings.app_name, sent["text"])
    except ZoomAppError as error:
        before.give_up(key)
        return _not_sent(sent, key, need, error)
    before.finish(key, "sent")
    say_done("Message sent", "It is in Team Chat.")
    return redirect(url_for(".show"), 303)


def _sent(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in FIELDS}


def _not_sent(sent: dict[str, str], key: str, need: Permission, error: ZoomAppError) -> ResponseReturnValue:
    if isinstance(error, TokenError):
        form_drafts.keep()
    if not isinstance(error, ZoomRefused | UpstreamError):
        raise error
    notice = notice_for(error, need)
    if need is CHATBOT and isinstance(error, UpstreamError) and not isinstance(error, RateLimited):
        # It may have been sent, with only the answer lost.
        title = "We don’t know whether Zoom sent the message"
        notice = replace(notice, title=title, text="Look into Team Chat before you send it again.", actions=())
    return _page(sent, key, notice=notice), error.status if isinstance(error, UpstreamError) else 200, error.headers


def _recipient(to_jid: str) -> Recipient:
    """Whoever was named, else the person who asks; in that person's account."""
    profile = user_client().profile()
    own = str(profile.get("jid", ""))
    return Recipient(to_jid or own, str(profile.get("account_id", "")), own)


def _faults(sent: dict[str, str]) -> dict[str, str]:
    faults = {}
    if sent["to"] and "@" not in sent["to"]:
        faults["to"] = "Enter an address such as abc@xmpp.zoom.us, or leave it empty"
    if not sent["text"]:
        faults["text"] = "Enter a message"
    elif len(sent["text"]) > MOST_CHARS:
        faults["text"] = f"Message is {len(sent['text'])} characters, shorten it to {MOST_CHARS}"
    return faults


def _page(sent: dict[str, str], key: str, faults: dict[str, str] | None = None, notice: Notice | None = None) -> str:
    return render_template(
        "pages/tools.html",
        sent=sent,
        key=key or idempotency.new_key(),
        faults=faults or {},
        trouble=notice,
        chatbot=bool(services().chatbot.robot_jid),
        done=done(),
    )
