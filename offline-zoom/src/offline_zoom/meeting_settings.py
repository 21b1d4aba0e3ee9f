"""The default settings of a new meeting."""

from __future__ import annotations

from typing import Any

DEFAULT_SETTINGS: dict[str, Any] = {
    "host_video": True,
    "participant_video": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": True,
    "waiting_room": True,
    "waiting_room_options": {"mode": "follow_setting"},
    "watermark": False,
    "use_pmi": False,
    "approval_type": 2,
    "registration_type": 1,
    "audio": "both",
    "auto_recording": "none",
    "alternative_hosts": "",
    "meeting_authentication": False,
    "encryption_type": "enhanced_encryption",
    "focus_mode": False,
    "private_meeting": False,
    "internal_meeting": False,
    "breakout_room": {"enable": False},
    "meeting_invitees": [],
    "device_testing": False,
    "show_share_button": False,
    "allow_multiple_devices": True,
    "close_registration": False,
    "registrants_email_notification": True,
    "registrants_confirmation_email": True,
    "alternative_hosts_email_notification": True,
    "contact_name": "",
    "contact_email": "",
    "approved_or_denied_countries_or_regions": {"enable": False},
    "language_interpretation": {"enable": False},
    "custom_keys": [],
    "global_dial_in_numbers": [],
    "global_dial_in_countries": [],
}
