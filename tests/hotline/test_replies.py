"""Answers kept ready: what comes with the software, and what a line makes of it."""

import pytest
from sqlalchemy import select

from hotline import replies, staff
from hotline.models import Audit, ReadyText, Staff
from hotline.replies import STARTERS, ReplyRefused

LANGUAGES = ("en", "fr", "es", "ar")


@pytest.fixture
def supervisor(sessions, line_id):
    with sessions.begin() as session:
        staff.add(
            session,
            line_id=line_id,
            login="ana",
            display_name="Ana",
            role="supervisor",
            language="en",
        )
        return session.scalar(select(Staff).where(Staff.login == "ana"))


@pytest.fixture
def shelf(sessions, line_id, supervisor, now):
    return Shelf(sessions, line_id, supervisor, now)


class Shelf:
    """The replies of a line, and a supervisor at them."""

    def __init__(self, sessions, line_id, supervisor, now):
        self.sessions, self.line_id, self.supervisor, self.now = sessions, line_id, supervisor, now

    def writes(self, text, key="", language="fr", *, reviewed=False):
        with self.sessions.begin() as session:
            who = session.get_one(Staff, self.supervisor.id)
            line_id, now = self.line_id, self.now
            replies.write(session, line_id, who, key, language, text, now, reviewed=reviewed)

    def removes(self, key):
        with self.sessions.begin() as session:
            who = session.get_one(Staff, self.supervisor.id)
            replies.remove(session, self.line_id, who, key, self.now)

    def listed(self, *languages):
        with self.sessions() as session:
            return replies.listed(session, self.line_id, languages or LANGUAGES)

    def shows(self, key, language="fr"):
        return next(ready for ready in self.listed() if ready.key == key).texts[language]


def test_a_new_line_has_a_dozen_drafts_in_every_language(shelf):
    found = shelf.listed()
    assert [ready.key for ready in found] == list(STARTERS)
    assert len(found) >= 12
    for ready in found:
        assert set(ready.texts) == set(LANGUAGES)
        assert len({text.text for text in ready.texts.values()}) == len(LANGUAGES)
        assert not any(text.reviewed_at for text in ready.texts.values())


def test_every_draft_can_be_filled_in(shelf):
    for ready in shelf.listed():
        for text in ready.texts.values():
            said = replies.filled(text.text, name="Sam", line="The line")
            assert "{" not in said
    hello = shelf.shows("ready.safe_to_write", "en").text
    assert replies.filled(hello, name="{odd}", line="x").startswith("This is {odd}.")


def test_a_reviewed_text_says_by_whom_and_stays_when_the_software_changes_its_own(shelf, now):
    before = shelf.shows("ready.here")
    shelf.writes(before.text, "ready.here", reviewed=True)
    assert shelf.shows("ready.here") == replies.Text(before.text, "Ana", now)
    with shelf.sessions() as session:
        # Kept by itself, no longer the catalog's.
        assert session.scalars(select(ReadyText.text)).all() == [before.text]
    assert shelf.shows("ready.here", "es").reviewed_at is None


def test_who_changes_a_reviewed_text_makes_it_a_draft_again(shelf):
    shelf.writes("Je suis là.", "ready.here", reviewed=True)
    shelf.writes("Je suis encore là.", "ready.here")
    assert shelf.shows("ready.here") == replies.Text("Je suis encore là.")


def test_a_line_adds_a_reply_of_its_own_in_the_languages_it_has(shelf):
    shelf.writes("Our office is closed on Friday.", language="en")
    own = shelf.listed()[-1]
    assert own.texts == {"en": replies.Text("Our office is closed on Friday.")}
    shelf.writes("Notre bureau est fermé le vendredi.", own.key)
    assert set(shelf.listed()[-1].texts) == {"en", "fr"}


def test_what_a_line_takes_away_does_not_come_back(shelf):
    shelf.removes("ready.goodbye")
    shelf.writes("Ours", language="en")
    own = shelf.listed()[-1].key
    shelf.removes(own)
    assert [ready.key for ready in shelf.listed()] == [s for s in STARTERS if s != "ready.goodbye"]
    for key in ("ready.goodbye", own):
        with pytest.raises(ReplyRefused, match=r"replies\.refused\.unknown"):
            shelf.writes("again", key)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n", "refused.empty"),
        ("x" * 1001, "replies.refused.long"),
        ("Call {phone}", "replies.refused.placeholder"),
        ("{name!r}", "replies.refused.placeholder"),
        ("{name:>99}", "replies.refused.placeholder"),
        ("{0}", "replies.refused.placeholder"),
        ("a { b", "replies.refused.placeholder"),
        ("{name.__class__}", "replies.refused.placeholder"),
    ],
)
def test_a_text_that_could_not_be_filled_in_is_refused(shelf, text, why):
    with pytest.raises(ReplyRefused) as refused:
        shelf.writes(text)
    assert refused.value.reason == why
    assert [ready.key for ready in shelf.listed()] == list(STARTERS)


@pytest.mark.parametrize("key", ["ready.nothing", "0", "-1", "9" * 30, "²", "case.taken"])
def test_a_reply_that_is_not_there_cannot_be_changed(shelf, key):
    with pytest.raises(ReplyRefused, match=r"replies\.refused\.unknown"):
        shelf.writes("hello", key)


def test_the_replies_of_one_line_are_not_those_of_another(shelf, sessions):
    shelf.writes("Ours", language="en")
    own = shelf.listed()[-1].key
    with sessions.begin() as session:
        other = replies.listed(session, shelf.line_id + 1, LANGUAGES)
        assert own not in [ready.key for ready in other]
        who = session.get_one(Staff, shelf.supervisor.id)
        with pytest.raises(ReplyRefused):
            replies.remove(session, shelf.line_id + 1, who, own, shelf.now)


def test_every_change_is_on_the_record_with_a_number_and_no_words(shelf, sessions):
    shelf.writes("Je suis là.", "ready.here", reviewed=True)
    shelf.removes("ready.here")
    with sessions() as session:
        noted = session.scalars(select(Audit).where(Audit.act == "replies.changed")).all()
    assert [set(row.about) for row in noted] == [{"reply"}, {"reply"}]
    assert {row.staff_id for row in noted} == {shelf.supervisor.id}
