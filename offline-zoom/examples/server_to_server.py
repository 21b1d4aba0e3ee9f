"""A server-to-server app: account credentials, and patience with rate limits. Zoom's addresses are built in."""

import os
import time

import requests

CLIENT = (os.environ["ZOOM_CLIENT_ID"], os.environ["ZOOM_CLIENT_SECRET"])


def access_token():
    form = {"grant_type": "account_credentials", "account_id": os.environ["ZOOM_ACCOUNT_ID"]}
    return requests.post("https://zoom.us/oauth/token", form, auth=CLIENT).json()["access_token"]


def get(path, token):
    """The JSON of a call. A refused call is repeated a little later."""
    while True:
        answer = requests.get(f"https://api.zoom.us/v2{path}", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 429:
            return answer.json()
        print("Zoom's limit is reached; waiting")
        time.sleep(0.2)


token = access_token()
for user in get("/users", token)["users"]:
    meetings = get(f"/users/{user['id']}/meetings", token)["meetings"]
    print(f"{user['email']}: {len(meetings)} meetings")
