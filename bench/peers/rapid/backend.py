"""Sends each message of a batch through Twilio's client, as the backend of `rapidsms-twilio` does.

That package itself needs a client of Twilio's from 2015. RapidSMS 2.2's own HTTP backend only receives.
"""

import logging

from rapidsms.backends.base import BackendBase
from rapidsms.errors import MessageSendingError
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

logger = logging.getLogger(__name__)


class TwilioBackend(BackendBase):
    def configure(self, provider, **_more):
        self.client = Client("AC" + "0" * 32, "token")
        self.client.api.base_url = provider

    def send(self, id_, text, identities, context=None):
        del id_, context
        failed = []
        for identity in identities:
            try:
                self.client.messages.create(to=identity, from_="+15005550006", body=text)
            except TwilioException:
                failed.append(identity)
        if failed:
            raise MessageSendingError("some failed", failed_identities=failed)
