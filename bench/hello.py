"""The smallest Flask app: 2 KB from memory."""

from flask import Flask, Response

app = Flask(__name__)
BODY = b"x" * 2048


@app.get("/")
def hello() -> Response:
    return Response(BODY, mimetype="application/json")
