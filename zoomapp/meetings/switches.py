"""Zoom's settings of a meeting as switches of a form, and what a person changed about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: The names of the switches of the schedule form and the settings form.
SWITCHES = ("waiting_room", "join_before_host", "mute_upon_entry", "record")
#: The settings that one occurrence of a series may have of its own: Zoom allows these seven.
OCCURRENCE_SWITCHES = (*SWITCHES, "host_video", "participant_video", "watermark")
#: The switches of the edit form.
EDIT_SWITCHES = (*OCCURRENCE_SWITCHES, "registration")
#: The setting at Zoom of each switch, with its value when the switch is on and when it is off.
SETTING_OF = {
    **{name: (name, True, False) for name in OCCURRENCE_SWITCHES if name != "record"},
    "record": ("auto_recording", "cloud", "none"),
    # Registration is approved automatically; 2 is Zoom's number for no registration.
    "registration": ("approval_type", 0, 2),
}
#: Zoom's settings as the page names them.
SETTING_LABELS = {
    "waiting_room": "Waiting room",
    "join_before_host": "Join before host",
    "mute_upon_entry": "Mute on entry",
    "auto_recording": "Record to the cloud",
    "host_video": "Host video",
    "participant_video": "Participant video",
    "watermark": "Watermark",
    "approval_type": "Registration",
}


def validate_switches(switches: frozenset[str]) -> dict[str, str]:
    """A message if both of two switches that exclude each other are on."""
    if not switches >= {"waiting_room", "join_before_host"}:
        return {}
    return {"join_before_host": "Turn off either the waiting room or join before host"}


def as_settings(switches: frozenset[str], names: Iterable[str] = SWITCHES) -> dict[str, Any]:
    """The switches with these names as settings of Zoom."""
    settings = [(SETTING_OF[name], name in switches) for name in names]
    return {setting: on if is_on else off for (setting, on, off), is_on in settings}


def as_switches(settings: Mapping[str, Any]) -> frozenset[str]:
    """Zoom's settings as switches. Zoom ignores "join before host" while the waiting room is on."""
    on = {name for name in OCCURRENCE_SWITCHES if settings.get(name) is True}
    if "waiting_room" in on:
        on.discard("join_before_host")
    on |= {"record"} if settings.get("auto_recording") == "cloud" else set()
    on |= {"registration"} if settings.get("approval_type") in (0, 1, "0", "1") else set()
    return frozenset(on)


def changed_settings(before: frozenset[str], after: frozenset[str]) -> dict[str, Any]:
    """The settings that the person changed on the page. ``before``: the switches that were on when it was loaded.

    The other settings are not sent, so they follow the account's settings, and changes by other people stay.
    """
    return as_settings(after, [name for name in SWITCHES if name in changed_switches(before, after)])


def changed_switches(before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    """The switches to send after the person changed some.

    "Join before host" goes with a waiting room that is turned off: it is shown as off while the waiting room is on,
    but Zoom may have it on.
    """
    changed = before ^ after
    return changed | {"join_before_host"} if "waiting_room" in before - after else changed


def describe_changes(changes: Mapping[str, Any]) -> str:
    """The changed settings as a sentence: "Waiting room: on, Mute on entry: off."."""
    parts = [f"{SETTING_LABELS[name]}: {'on' if _is_on(value) else 'off'}" for name, value in changes.items()]
    return ", ".join(parts) + "." if parts else ""


def _is_on(value: Any) -> bool:
    """Whether this is the value of a setting whose switch is on. The 0 of a registration is; False is not."""
    return value is True or value == "cloud" or (value is not False and value == 0)
