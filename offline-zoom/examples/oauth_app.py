"""An app that people add: authorization code, refresh token. Zoom's addresses are built in."""

import os
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

CLIENT = (os.environ["ZOOM_CLIENT_ID"], os.environ["ZOOM_CLIENT_SECRET"])
REDIRECT_URI = "https://app.example/callback"


def sign_in():
    """New tokens. A real app sends a browser to this address; --auto-consent answers in place of a person."""
    question = {"response_type": "code", "client_id": CLIENT[0], "redirect_uri": REDIRECT_URI}
    page = requests.get(f"https://zoom.us/oauth/authorize?{urlencode(question)}", allow_redirects=False)
    code = parse_qs(urlsplit(page.headers["Location"]).query)["code"][0]
    return token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)


def token(**form):
    answer = requests.post("https://zoom.us/oauth/token", form, auth=CLIENT)
    answer.raise_for_status()
    return answer.json()


def refresh(tokens):
    """New tokens for old ones. A lost answer means that the old ones are used up: the person signs in again."""
    try:
        return token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    except requests.RequestException as error:
        print(f"The refresh failed ({type(error).__name__}); signing in again")
        return sign_in()


def name(tokens):
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get("https://api.zoom.us/v2/users/me", headers=headers).json()["display_name"]


tokens = sign_in()
print(f"Signed in as {name(tokens)}")
tokens = refresh(tokens)
print(f"Refreshed for {name(tokens)}")
