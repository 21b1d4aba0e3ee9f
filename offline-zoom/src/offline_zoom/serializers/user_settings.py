"""The settings of a user as JSON. They depend on the plan alone and cannot be changed."""

from __future__ import annotations

from typing import Any

from offline_zoom.model import Account

JSON = dict[str, Any]
SIGN_IN = {"id": "signIn_D8cJuqWVQ623CI4Q8yQK0Q", "name": "Sign in to Zoom", "default_option": True, "visible": True}
SIGN_IN_KINDS = {"meeting_authentication": "enforce_login", "recording_authentication": "internally"}
CAPACITY = {"free": 100, "pro": 100, "business": 300}
PASSWORD_RULES = {
    "length": 6,
    "have_letter": False,
    "have_number": False,
    "have_special_character": False,
    "have_upper_and_lower_characters": False,
    "only_allow_numeric": False,
    "consecutive_characters_length": 0,
    "weak_enhance_detection": False,
}


def settings_json(account: Account, option: str) -> JSON:
    """``GET /users/{userId}/settings``. ``option`` chooses authentication or security; by default all others."""
    if option == "meeting_security":
        return {"meeting_security": security()}
    if option in SIGN_IN_KINDS:
        return authentication(option, SIGN_IN_KINDS[option])
    return usual_settings(account, paid=account.plan != "free")


def usual_settings(account: Account, *, paid: bool) -> JSON:
    """The settings for scheduling, meetings, recordings and emails."""
    return {
        "schedule_meeting": {
            "host_video": True,
            "participants_video": False,
            "audio_type": "both",
            "join_before_host": False,
            "personal_meeting": True,
            "use_pmi_for_scheduled_meetings": False,
            "use_pmi_for_instant_meetings": False,
            "require_password_for_scheduling_new_meetings": True,
            "require_password_for_pmi_meetings": "all",
            "embed_password_in_join_link": True,
            "meeting_password_requirement": PASSWORD_RULES,
            "continuous_meeting_chat": {"enable": True, "support_scheduled_meetings": True},
        },
        "in_meeting": {
            "waiting_room": True,
            "chat": True,
            "private_chat": True,
            "polling": paid,
            "meeting_polling": {"enable": paid, "advanced_polls": paid},
            "meeting_question_answer": paid,
            "meeting_survey": paid,
            "breakout_room": True,
            "co_host": True,
            "entry_exit_chime": "none",
            "who_can_share_screen": "host",
            "allow_participants_chat_with": 1,
            "meeting_summary_with_ai_companion": {
                "enable": paid,
                "auto_enable": False,
                "who_will_receive_summary": 1,
            },
            "ai_companion_questions": {"enable": paid, "auto_enable": False, "who_can_ask_questions": 1},
        },
        "recording": {
            "local_recording": True,
            "cloud_recording": paid,
            "auto_recording": "none",
            "recording_audio_transcript": paid,
            "save_chat_text": True,
            "auto_delete_cmr": paid,
            "auto_delete_cmr_days": 120,
            "host_pause_stop_recording": True,
        },
        "email_notification": {
            "alternative_host_reminder": True,
            "cancel_meeting_reminder": True,
            "cloud_recording_available_reminder": True,
            "jbh_reminder": True,
            "schedule_for_reminder": True,
        },
        "feature": {
            "meeting_capacity": CAPACITY[account.plan],
            "large_meeting": False,
            "webinar": False,
            "cn_meeting": False,
            "in_meeting": False,
            "zoom_phone": False,
            "concurrent_meeting": "None",
        },
        "profile": {"recording_storage_location": {"allowed_values": ["US", "DE"], "value": "DE"}},
        "whiteboard": {"in_meeting_advanced_whiteboard": True, "out_meeting_advanced_whiteboard": True},
        "general_setting": {"auto_zoom_room_proximity_connect": False},
    }


def authentication(option: str, kind: str) -> JSON:
    """Who may join meetings, or see recordings: one way to sign in, which is off."""
    return {"authentication_options": {option: {option: False, "authentication_options": [{**SIGN_IN, "type": kind}]}}}


def security() -> JSON:
    """The security settings of meetings."""
    return {
        "auto_security": True,
        "meeting_password": True,
        "meeting_password_requirement": PASSWORD_RULES,
        "waiting_room": True,
        "waiting_room_settings": {"participants_to_place_in_waiting_room": 0},
        "encryption_type": "enhanced_encryption",
        "end_to_end_encrypted_meetings": False,
        "block_user_domain": False,
        "block_user_domain_list": [],
    }
