"""The actions of the console's forms. A form names its action with ``do``, or by its only field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from offline_zoom.client_window.views import webhook_sender
from offline_zoom.console.choices import DELIVERY_FAULTS, DISAGREEMENTS, MORE_SWITCHES, changes
from offline_zoom.console.lists import find_person, find_running, number
from offline_zoom.fault_presets import LASTING, PRESETS
from offline_zoom.model import User
from offline_zoom.stories import STORIES
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World

Form = Mapping[str, str]


def run(world: World, form: Form) -> None:
    """Run the action of a form. Raises ValueError with a sentence for the page."""
    name = form.get("do") or next((action for field, action in ACTION_OF_FIELD.items() if field in form), "")
    if name not in ACTIONS:
        raise ValueError("There is no such action.")
    ACTIONS[name](world, form)


def load_story(world: World, form: Form) -> None:
    if form.get("story") not in STORIES:
        raise ValueError("There is no such story.")
    world.load_story(form["story"])


def advance_clock(world: World, form: Form) -> None:
    """Let minutes pass."""
    try:
        minutes = float(form.get("minutes", ""))
    except ValueError:
        raise ValueError("Type the minutes as a number, such as 5 or 0.5.") from None
    if minutes < 0:
        raise ValueError("Time only goes forward.")
    try:
        world.tick(minutes * 60)
    except ValueError:
        raise ValueError("That is too much time: at most ten years.") from None


def sign_in(world: World, form: Form) -> None:
    """Sign in another user, and choose what the consent page does."""
    user = find_user(world, form["user"]) if "user" in form else world.me
    if form.get("consent", "ask") not in ("ask", "auto"):
        raise ValueError("The consent page either asks or allows.")
    world.sign_in_as(user)
    if "consent" in form:
        world.switches.auto_consent = form["consent"] == "auto"
    world.save()


def find_user(world: World, name: str) -> User:
    """A user by short name, id or email. Raises ValueError."""
    try:
        return world.user(name)
    except KeyError:
        raise ValueError("There is no such user.") from None


def start_meeting(world: World, form: Form) -> None:
    meeting = world.meetings.get(number(form, "meeting"))
    if meeting is None or meeting.deleted:
        raise ValueError("There is no such meeting.")
    world.start_meeting(meeting)


def end_meeting(world: World, form: Form) -> None:
    world.end_meeting(find_running(world, form.get("meeting", "")))


def join(world: World, form: Form, *, waiting: bool = False) -> None:
    """Let a user or a guest join a running meeting."""
    instance = find_running(world, form.get("meeting", ""))
    user = find_user(world, form["user"]) if form.get("user") else None
    world.join(instance, user, form.get("name", "").strip(), waiting=waiting)


def wait(world: World, form: Form) -> None:
    """Let a user or a guest join the waiting room."""
    join(world, form, waiting=True)


def leave(world: World, form: Form) -> None:
    world.leave(*find_person(world, form.get("meeting", ""), form.get("person", "")))


def admit(world: World, form: Form) -> None:
    instance, person = find_person(world, form.get("meeting", ""), form.get("person", ""))
    if not person.waiting:
        raise ValueError("This person is not in the waiting room.")
    world.admit(instance, person)


def put_in_waiting_room(world: World, form: Form) -> None:
    instance, person = find_person(world, form.get("meeting", ""), form.get("person", ""))
    if person.waiting:
        raise ValueError("This person is in the waiting room already.")
    world.put_in_waiting_room(instance, person)


def change_tokens(change: Callable[[World, User | None], None]) -> Callable[[World, Form], None]:
    """An action on the tokens of the form's ``user``, or of everybody."""

    def act(world: World, form: Form) -> None:
        change(world, find_user(world, form["user"]) if form.get("user") else None)

    return act


def add_fault(world: World, form: Form) -> None:
    """Add a fault by name. Without a count it lasts until it is cleared, as some always do."""
    if form.get("preset") not in PRESETS:
        raise ValueError("There is no such fault.")
    lasting = form["preset"] in LASTING or not form.get("count", "1").strip()
    route = form.get("route", "").strip()
    count = None if lasting else number({"count": "1", **form}, "count")
    if count == 0:
        raise ValueError("Type how often as a whole number from 1, or nothing for a fault that lasts until cleared.")
    if route and " " not in route:
        raise ValueError("Type the route as a method and a path, such as GET /v2/users/me/meetings.")
    world.faults.add(form["preset"], count=count, **({"route": route} if route else {}))


def remove_fault(world: World, form: Form) -> None:
    """Remove one fault, if it is still planned."""
    world.faults[:] = [fault for fault in world.faults if str(id(fault)) != form.get("fault")]


def change_switches(world: World, form: Form) -> None:
    world.switches.change(changes((*DISAGREEMENTS, *MORE_SWITCHES), world.switches, form))


def sender_or_error() -> WebhookSender:
    """The webhook sender. Raises ValueError."""
    sender = webhook_sender()
    if sender is None:
        raise ValueError("No webhook address is configured. Start with --webhook-url.")
    return sender


def retry_delivery(world: World, form: Form) -> None:
    """Send one delivery again, or every one that failed."""
    sender_or_error().retry_now(number(form, "delivery") if "delivery" in form else None)


def validate_webhooks(world: World, form: Form) -> None:
    """Send the URL validation. The list says what the address answered."""
    sender_or_error().validate()


def change_delivery_faults(world: World, form: Form) -> None:
    faults = sender_or_error().faults
    faults.change(changes(DELIVERY_FAULTS, faults, form))


ACTIONS: dict[str, Callable[[World, Form], None]] = {
    "load-story": load_story,
    "advance-clock": advance_clock,
    "sign-in": sign_in,
    "start-meeting": start_meeting,
    "end-meeting": end_meeting,
    "join": join,
    "wait": wait,
    "leave": leave,
    "admit": admit,
    "put-in-waiting-room": put_in_waiting_room,
    "expire-access": change_tokens(World.expire_access_tokens),
    "revoke-access": change_tokens(World.revoke_access_tokens),
    "expire-refresh": change_tokens(World.expire_refresh_tokens),
    "deauthorize": change_tokens(lambda world, user: world.deauthorize(user or world.me)),
    "clear-calls": lambda world, form: world.calls.clear(),
    "retry-delivery": retry_delivery,
    "validate-webhooks": validate_webhooks,
    "change-delivery-faults": change_delivery_faults,
    "add-fault": add_fault,
    "remove-fault": remove_fault,
    "clear-faults": lambda world, form: world.faults.clear(),
    "change-switches": change_switches,
}
#: the action of a form without ``do``
ACTION_OF_FIELD = {
    "preset": "add-fault",
    "story": "load-story",
    "minutes": "advance-clock",
    "user": "sign-in",
    "consent": "sign-in",
}
