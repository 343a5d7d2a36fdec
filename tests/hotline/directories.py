"""Services for tests: invented, with numbers that are nobody's."""

from datetime import timedelta

from sqlalchemy import select

from hotline import directory, referral
from hotline.models import Service

SHELTER = {
    "code": "safe-house",
    "name": "Safe House",
    "kind": "shelter",
    "country": "CH",
    "area": "Geneva",
    "languages": "en fr ar",
    "serves": "women children",
    "hours": "Mo-Fr 09:00-17:00",
    "time_zone": "Europe/Zurich",
    "cost": "free",
    "phone": "+1 202 555 0101",
    "web": "https://example.org/shelter",
    "source": "https://example.org",
    "text_en": "A safe place to sleep.",
    "text_ar": "مكان آمن للنوم.",
}


def entry(now, **more):
    return referral.checked(SHELTER | more, now.date())


def confirmed(now, days_ago=0, **more):
    day = now.date() - timedelta(days=days_ago)
    return entry(now, **({"verified_on": day.isoformat(), "verified_by": "Ana"} | more))


def kept(sessions, line_id, made, now):
    """Keeps an entry and gives its number."""
    with sessions.begin() as session:
        return directory.save(session, line_id, made, now, by=None)[0]


def rows(sessions):
    with sessions() as session:
        return session.scalars(select(Service).order_by(Service.code)).all()
