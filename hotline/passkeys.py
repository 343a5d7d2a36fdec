"""Passkeys (WebAuthn): a key in somebody's device that answers challenges of this site and of no other.

The device looks first that it is its owner, by a fingerprint, a face or a PIN. So a passkey stands for
password and second factor at once, and a device that does not look is refused. What browsers send is
checked by py_webauthn; nothing is asked about which maker's device it is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline import challenges, secondfactor
from hotline.attempts import SignInRefused
from hotline.models import Passkey, Staff
from hotline.staff import Member
from hotline.vault import Vault

MOST: Final = 20
LONGEST_NAME: Final = 40
# How long a browser lets somebody look for their device.
WAIT_MS: Final = 120_000
SIGN_IN: Final = "sign-in"

Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True)
class Site:
    """What passkeys are bound to: devices answer to this host only."""

    host: str
    origin: str


def site(public_url: str, asked: str) -> Site | None:
    """Where the line is, or None where browsers have no passkeys: without TLS, or by a bare address.

    `asked` is what a browser asked for. It counts on one's own machine, where there is no public
    address yet, and nowhere else: anybody can ask for any host.
    """
    parts = urlsplit(public_url or asked)
    host = parts.hostname or ""
    local = host == "localhost"
    if not (local or (public_url and parts.scheme == "https" and not _is_number(host))):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}")


def listed(session: Session, staff_id: int) -> list[Passkey]:
    rows = select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id)
    return list(session.scalars(rows))


def making(session: Session, vault: Vault, there: Site, member: Member, now: datetime) -> str:
    """What a browser needs to make one, as JSON. Whoever calls this has asked for the password."""
    import webauthn  # noqa: PLC0415 - large, and needed by few requests
    from webauthn.helpers import structs  # noqa: PLC0415 - the same

    known = [
        structs.PublicKeyCredentialDescriptor(id=key.credential_id)
        for key in listed(session, member.id)
    ]
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=there.host,
            rp_name=there.host,
            user_id=vault.passkey_owner(member.id),
            user_name=member.login,
            challenge=challenges.make(vault, _making(member), now),
            timeout=WAIT_MS,
            exclude_credentials=known,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def add(
    session: Session,
    vault: Vault,
    there: Site,
    member: Member,
    name: str,
    answer: str,
    now: datetime,
    keep: bytes,
) -> list[str]:
    """Keep a passkey that a browser has made. Raises SignInRefused.

    Gives the codes on paper when it is the first factor; they are not seen again. `keep` is the
    session that goes on.
    """
    import webauthn  # noqa: PLC0415 - large, and needed by few requests

    given = _parsed(answer)
    challenge = _challenge(session, vault, _making(member), given, now)
    made = _checked(
        lambda: webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=there.host,
            expected_origin=there.origin,
            require_user_verification=True,
        )
    )
    codes = secondfactor.first_set(session, vault, member, keep)
    if len(listed(session, member.id)) >= MOST:
        raise SignInRefused("signin.passkeys_most")
    row = Passkey(
        staff_id=member.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=_name(name, made_at=now),
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise SignInRefused("signin.passkey_wrong") from None
    secondfactor.noted(session, member, "account.second_factor_set", "passkey", now)
    return codes


def remove(session: Session, member: Member, passkey_id: int, now: datetime) -> bool:
    """Take one's own away; False when it is not there. Whoever calls this asked for the password."""
    row = session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.staff_id != member.id:
        return False
    session.delete(row)
    session.flush()
    secondfactor.noted(session, member, "account.second_factor_removed", "passkey", now)
    secondfactor.last_removed(session, member.id)
    return True


def asking(vault: Vault, there: Site, now: datetime) -> str:
    """What a browser needs to answer with a passkey, as JSON: the same for everybody."""
    import webauthn  # noqa: PLC0415 - large, and needed by few requests
    from webauthn.helpers import structs  # noqa: PLC0415 - the same

    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=there.host,
            challenge=challenges.make(vault, SIGN_IN, now),
            timeout=WAIT_MS,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


def answered_by(session: Session, vault: Vault, there: Site, answer: str, now: datetime) -> Staff:
    """Who answered. Raises SignInRefused, and tells nothing of why."""
    import webauthn  # noqa: PLC0415 - large, and needed by few requests

    given = _parsed(answer)
    challenge = _challenge(session, vault, SIGN_IN, given, now)
    raw_id = _checked(lambda: webauthn.base64url_to_bytes(given["rawId"]))
    wanted = (
        select(Passkey, Staff)
        .join(Staff, Staff.id == Passkey.staff_id)
        .where(Passkey.credential_id == raw_id, Staff.active)
    )
    found = session.execute(wanted.with_for_update(of=Passkey)).first()
    if found is None or not _is_for(vault, found.Staff, given):
        raise SignInRefused("signin.passkey_wrong")
    key = found.Passkey
    done = _checked(
        lambda: webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=there.host,
            expected_origin=there.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    )
    key.sign_count, key.used_at = done.new_sign_count, now
    session.flush()
    return found.Staff


def _is_for(vault: Vault, row: Staff, given: dict[str, Any]) -> bool:
    import webauthn  # noqa: PLC0415 - large, and needed by few requests

    handle = _checked(lambda: webauthn.base64url_to_bytes(given["response"]["userHandle"]))
    return handle == vault.passkey_owner(row.id)


def _challenge(
    session: Session, vault: Vault, purpose: str, given: dict[str, Any], now: datetime
) -> bytes:
    """The challenge that was answered, spent. Raises SignInRefused when it was none of ours."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # noqa: PLC0415

    def told() -> bytes:
        said = base64url_to_bytes(given["response"]["clientDataJSON"])
        return parse_client_data_json(said).challenge

    challenge = _checked(told)
    if not challenges.spend(session, vault, purpose, challenge, now):
        raise SignInRefused("signin.passkey_late")
    return challenge


def _parsed(answer: str) -> dict[str, Any]:
    given: object = _checked(lambda: json.loads(answer))
    if not isinstance(given, dict):
        raise SignInRefused("signin.passkey_wrong")
    return cast("dict[str, Any]", given)


def _checked(work: Callable[[], Checked]) -> Checked:
    """What a browser sends may be anything, and breaks the library in ways that it does not name."""
    try:
        return work()
    except Exception:  # noqa: BLE001 - see above
        raise SignInRefused("signin.passkey_wrong") from None


def _making(member: Member) -> str:
    return f"making:{member.id}"


def _name(name: str, made_at: datetime) -> str:
    return name.strip()[:LONGEST_NAME] or made_at.date().isoformat()


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
