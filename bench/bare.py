"""The peer of the inbound benchmark: a bare Flask view that checks the signature and does one
read-write transaction through SQLAlchemy Core."""

import os

from flask import Flask, request
from sqlalchemy import create_engine, text
from twilio.request_validator import RequestValidator

READ = text("SELECT n FROM bench_senders WHERE sender = :sender FOR UPDATE")
WRITE = text(
    "INSERT INTO bench_senders (sender, n) VALUES (:sender, 1)"
    " ON CONFLICT (sender) DO UPDATE SET n = bench_senders.n + 1"
)


def app():
    flask = Flask(__name__)
    validator = RequestValidator(os.environ["WAYPOST_TWILIO_AUTH_TOKEN"])
    public = os.environ["WAYPOST_PUBLIC_URL"]
    engine = create_engine(os.environ["WAYPOST_DATABASE_URL"], pool_size=20, max_overflow=4)

    @flask.post("/webhooks/twilio/sms")
    def sms():
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(public + request.path, request.form, signature):
            return "", 403
        with engine.begin() as connection:
            connection.execute(READ, {"sender": request.form["From"]}).first()
            connection.execute(WRITE, {"sender": request.form["From"]})
        return "", 204

    return flask
