"""A Zoom App: its page uses the SDK, and its server decrypts the app context. Needs the package cryptography."""

import base64
import hashlib
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY = hashlib.sha256(os.environ["ZOOM_CLIENT_SECRET"].encode()).digest()
#: Zoom shows a page only with these four
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self' https://appssdk.zoom.us 'unsafe-inline'",
    "Referrer-Policy": "same-origin",
}
PAGE = b"""<!doctype html><meta charset="utf-8"><title>Hello</title>
<script src="https://appssdk.zoom.us/sdk.js"></script>
<p id="hello">Loading</p>
<script>
zoomSdk.config({ version: "0.16.0", capabilities: ["getAppContext", "getMeetingContext"] })
  .then(async ({ runningContext }) => {
    const { context } = await zoomSdk.getAppContext();
    const who = await (await fetch("/who", { method: "POST", body: context })).text();
    const { meetingTopic } = await zoomSdk.getMeetingContext();
    hello.textContent = `${who} is in ${meetingTopic} (${runningContext})`;
  })
  .catch((error) => { hello.textContent = error; });
</script>"""


def claims(context):
    """The decrypted app context: length of the iv, iv, length of the aad, aad, length of the text, text, tag."""
    raw = base64.urlsafe_b64decode(context + "=" * (-len(context) % 4))
    end = 1 + raw[0]
    iv, aad_length = raw[1:end], int.from_bytes(raw[end : end + 2], "little")
    aad, text = raw[end + 2 : end + 2 + aad_length], raw[end + 2 + aad_length + 4 :]
    return json.loads(AESGCM(KEY).decrypt(iv, text, aad))


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer("text/html", PAGE)

    def do_POST(self):
        context = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer("text/plain", claims(context)["uid"].encode())

    def answer(self, kind, body):
        self.send_response(200)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
