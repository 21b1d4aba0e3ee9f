"""A chatbot that writes to everyone of an account. Zoom's addresses are built in."""

import os

import requests

API = "https://api.zoom.us/v2"
BOT = (os.environ["ZOOM_CLIENT_ID"], os.environ["ZOOM_CLIENT_SECRET"])
#: the account's Server-to-Server app, which may list its users
ACCOUNT = (os.environ["ZOOM_S2S_CLIENT_ID"], os.environ["ZOOM_S2S_CLIENT_SECRET"])
ACCOUNT_ID = os.environ["ZOOM_ACCOUNT_ID"]
ROBOT_JID = os.environ.get("ZOOM_BOT_JID", "v1abcdefghijkl@xmpp.zoom.us")


def authorization_header(client, **form):
    """The header with a token for the app itself."""
    answer = requests.post("https://zoom.us/oauth/token", form, auth=client)
    answer.raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def send(jid, text):
    """Write to a person. A chatbot that answers has the JID from the webhook bot_notification."""
    message = {"robot_jid": ROBOT_JID, "to_jid": jid, "account_id": ACCOUNT_ID, "content": {"head": {"text": text}}}
    answer = requests.post(f"{API}/im/chat/messages", json=message, headers=bot)
    answer.raise_for_status()
    return answer.json()["message_id"]


account = authorization_header(ACCOUNT, grant_type="account_credentials", account_id=ACCOUNT_ID)
bot = authorization_header(BOT, grant_type="client_credentials")
for user in requests.get(f"{API}/users", headers=account).json()["users"]:
    person = requests.get(f"{API}/users/{user['id']}", headers=account).json()
    send(person["jid"], f"Hello {person['first_name']}")
    print(f"Wrote to {person['email']}")
