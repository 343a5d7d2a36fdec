"""Somebody who is at work already: account, keys and session are made beside the browser, which then has them.

Stories of their own tell of signing in and of making a key; in each of the others it would cost seconds.
"""

import json
from datetime import UTC, datetime
from functools import cache

from nacl import bindings as sodium
from nacl.utils import random
from sqlalchemy import select

from hotline import holders, passwords, signin, teamkeys
from hotline.models import Staff as Row
from tests.e2e.keyholder import PASSPHRASE
from tests.e2e.navigators import OWN_PASSWORD
from tests.keys import LEAST, BrowserKeys, make_pair, seal_key, text_form, wrap

# As web/static/keychain.js keeps it from page to page.
PLACE, UNLOCKED_FOR = "waypost-unlocked", b"waypost:unlocked"
KEEP = "([place, kept]) => sessionStorage.setItem(place, kept)"


def settle_in(page, line, vault, login, *, key):
    """`login` has the password of all stories and is signed in on `page`; with a `key`, it is unlocked there."""
    now = datetime.now(UTC)
    with line.sessions.begin() as session:
        row = session.scalar(select(Row).where(Row.login == login))
        row.password_hash, row.one_time = _password_hash(), False
        member, token = signin.begin(session, row, now, "Chrome")
        keys = _keys_of(session, vault, member, now) if key else None
    page.context.add_cookies([{"name": "waypost_session", "value": token, "url": line.url}])
    if keys:
        kept = {"staff": member.id, **_shut(keys.private, vault.web_secret(f"unlocked:{token}"))}
        page.goto("/healthz")
        page.evaluate(KEEP, [PLACE, json.dumps(kept)])
    page.goto("/")


def _keys_of(session, vault, member, now):
    """A key pair, and keys of teams that have none yet."""
    keys = BrowserKeys()
    names = [name for name, _ in teamkeys.teams(session, member.line_id)]
    theirs = [name for name in names if holders.may_hold(member, name)]
    there = {key.team for key in teamkeys.held(session, member)}
    made = {team: _team_key(keys.public) for team in theirs if team not in there}
    wrapped = wrap(keys.private, PASSPHRASE, LEAST).encode()
    teamkeys.enrol(session, vault, member, keys.public, wrapped, made, now)
    return keys


def _team_key(to):
    public, private = make_pair()
    return teamkeys.NewTeamKey(public, seal_key(private, to))


def _shut(private, session_key):
    nonce = random(24)
    box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        private, UNLOCKED_FOR, nonce, bytes.fromhex(session_key)
    )
    return {"nonce": text_form(nonce), "box": text_form(box)}


@cache
def _password_hash():
    return passwords.hashed(OWN_PASSWORD)
