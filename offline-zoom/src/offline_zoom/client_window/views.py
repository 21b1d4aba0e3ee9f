"""The page ``/client``: a Zoom web client that frames the app and answers its SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from offline_zoom.client_window import actions, client_session
from offline_zoom.client_window.client_session import ClientSession, Unknown
from offline_zoom.dates import iso
from offline_zoom.errors import current_world
from offline_zoom.request_json import json_object, object_in
from offline_zoom.world import World

if TYPE_CHECKING:
    from offline_zoom.webhooks.sender import WebhookSender

NOTHING = "'none'"
bp = Blueprint("client", __name__, static_folder="static", static_url_path="/client/static")


@bp.record
def start_webhooks(setup: BlueprintSetupState) -> None:
    """Start the webhook sender, if a webhook address is configured."""
    world: World = setup.app.extensions["world"]
    if world.webhook_url:
        from offline_zoom.webhooks.sender import WebhookSender  # its HTTP client is slow to import

        sender = WebhookSender(world.webhook_url, world.webhook_secret, world.now, world.signing_time)
        setup.app.extensions["webhooks"] = sender
        world.on_event(sender.enqueue)
        sender.start()


def webhook_sender() -> WebhookSender | None:
    return current_app.extensions.get("webhooks")


@bp.get("/client")
def window() -> ResponseReturnValue:
    """The meeting window with the app."""
    world = current_world()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(world.home_url)) if world.home_url else ""
    page = render_template("client.html", world=world, origin=origin, users=list(world.users.values()))
    policy = (
        f"default-src 'self'; img-src 'self' data:; frame-src {origin or NOTHING}; object-src 'none'; base-uri 'none'"
    )
    return page, {"Content-Security-Policy": policy, "Cache-Control": "no-store"}


@bp.post("/client/ask/<name>")
def ask(name: str) -> ResponseReturnValue:
    """A request of ``client.js``: ``state``, ``context``, ``authorize`` or ``act``."""
    world = current_world()
    body = json_object()
    data = object_in(body, "data")
    with world.lock:
        session = ClientSession.of(object_in(body, "seat"), world.me.key)
        return {"answer": answer_request(world, session, name, data)}


@bp.errorhandler(Unknown)
def not_found(unknown: Unknown) -> ResponseReturnValue:
    """A 404 response for an unknown user, meeting, action or question."""
    return {"message": f"There is no such thing here: {unknown}"}, 404


def answer_request(world: World, session: ClientSession, name: str, data: dict[str, Any]) -> Any:
    """The answer to a request of ``client.js``. Browser tests call this directly. Raises Unknown."""
    match name:
        case "state":
            return client_session.state(world, session)
        case "context":
            return client_session.app_context(world, session)
        case "authorize":
            return client_session.authorize(world, session, data)
        case "act":
            actions.act(world, session, str(data.get("action")), data)
            return client_session.state(world, session)
    raise Unknown(name)


@bp.post("/client/around")
def around() -> ResponseReturnValue:
    """What the window shows beside the SDK's state: who left, the time, the webhook deliveries."""
    world, sender = current_world(), webhook_sender()
    session = ClientSession.of(object_in(json_object(), "seat"), world.me.key)
    world.catch_up()
    instance = client_session.session_meeting(world, session)
    now = world.now()
    present = {row.name for row in instance.present(now)} if instance else set()
    absent = {row.name: row for row in (instance.joined(now) if instance else []) if row.name not in present}
    return {
        "state": client_session.state(world, session),
        "left": [client_session.row_json(row) for row in absent.values()],
        "now": iso(now),
        "started": iso(instance.started_at) if instance else "",
        "host": world.users[instance.host_id].display_name if instance else "",
        "story": world.story,
        "webhooks": deliveries_json(sender) if sender else None,
    }


@bp.post("/client/webhooks")
def webhooks() -> ResponseReturnValue:
    """Control the webhook sender: ``retry``, ``validate``, ``mischief`` (faults), or ``deauthorize`` a user."""
    world, sender, body = current_world(), webhook_sender(), json_object()
    if sender is None:
        return {"message": "No webhook address is configured."}, 404
    retry, deauthorize = body.get("retry"), body.get("deauthorize")
    try:
        user = world.user(deauthorize) if deauthorize else None
        sender.faults.change(object_in(body, "mischief"))
    except (ValueError, KeyError) as error:
        return {"message": str(error)}, 400
    if retry:
        sender.retry_now(retry if type(retry) is int else None)
    if body.get("validate"):
        sender.validate()
    if user:
        world.deauthorize(user)
    return deliveries_json(sender)


def deliveries_json(sender: WebhookSender) -> dict[str, Any]:
    """The webhook deliveries as JSON, newest first."""
    return {
        "url": sender.url,
        "validated": sender.validated_until > sender.clock(),
        "mischief": vars(sender.faults),
        "log": [delivery.as_json() for delivery in reversed(sender.deliveries()[-60:])],
    }
