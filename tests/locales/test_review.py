"""A review holds for what was read and for nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import translator
from locales.editing import Edited, edited
from locales.review import (
    LONGEST_NAME,
    Remark,
    Review,
    digest,
    one_line,
    remark_in,
    review_in,
    standing,
    told,
    unreadable,
)
from locales.safety import points
from locales.translator import read_catalog

TODAY = date(2026, 11, 20)
AMINA = "Amina H., native speaker"
NAMES = st.text(min_size=1, max_size=LONGEST_NAME).map(one_line).filter(bool)


def text_of(root, language, message_id):
    return read_catalog(language, "contact", root)[message_id].string


def write(root, language, message_id, edit):
    path = root / language / "contact.po"
    path.write_text(edited(path.read_text("utf-8"), {message_id: edit}), "utf-8")
    standing.cache_clear()


def reviewed(root, language, message_id, text=None):
    """Somebody finds a text good."""
    text = text or text_of(root, language, message_id)
    review = Review(TODAY, AMINA, digest([text_of(root, "en", message_id)], [text]))
    write(root, language, message_id, Edited(text, review=str(review)))
    return review


def test_every_text_is_a_draft_until_somebody_has_reviewed_it(root):
    before = standing("fr", root)
    review = reviewed(root, "fr", "help.emergency")
    after = standing("fr", root)
    assert after.reviews["help.emergency"] == review
    assert after.reviewed == before.reviewed + 1
    assert after.critical_reviewed == before.critical_reviewed + 1
    assert after.texts == after.translated == before.texts
    assert "help.emergency" not in standing("es", root).reviews


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_that_changes_after_its_review_is_a_draft_by_itself(root, language):
    reviewed(root, "fr", "help.emergency")
    path = root / language / "contact.po"
    old = text_of(root, language, "help.emergency")
    path.write_text(path.read_text("utf-8").replace(old, f"{old}!"), "utf-8")
    standing.cache_clear()
    assert "help.emergency" not in standing("fr", root).reviews
    # And it holds again when the change is taken back.
    path.write_text(path.read_text("utf-8").replace(f"{old}!", old), "utf-8")
    standing.cache_clear()
    assert "help.emergency" in standing("fr", root).reviews


def test_a_text_marked_fuzzy_is_a_draft_whatever_was_written_beside_it(root):
    reviewed(root, "fr", "answer.yes")
    path = root / "fr" / "contact.po"
    path.write_text(
        path.read_text("utf-8").replace('msgid "answer.yes"', '#, fuzzy\nmsgid "answer.yes"'),
        "utf-8",
    )
    standing.cache_clear()
    assert "answer.yes" not in standing("fr", root).reviews
    assert standing("fr", root).translated == standing("fr", root).texts - 1


def test_a_language_without_a_catalog_has_nothing(root):
    found = standing("tlh", root)
    assert (found.translated, found.reviewed, found.critical_reviewed) == (0, 0, 0)
    assert found.texts == standing("en", root).texts


ANY = st.text(max_size=20)


@given(ANY, ANY, ANY, ANY)
def test_no_two_pairs_of_texts_have_one_digest(english, text, other_english, other):
    same = (english, text) == (other_english, other)
    assert (digest([english], [text]) == digest([other_english], [other])) is same


@given(st.dates(), NAMES, ANY)
def test_a_review_is_read_as_it_was_written(day, name, text):
    review = Review(day, name, digest([text], [text]))
    assert review_in(["other words", str(review)]) == review
    assert unreadable([str(review)]) == []


@given(NAMES.filter(lambda name: ": " not in name), st.text().map(one_line).filter(bool))
def test_a_remark_is_read_as_it_was_written_and_is_no_review(name, words):
    remark = Remark("2026-11-20", name, words)
    assert remark_in([str(remark)]) == remark
    assert review_in([str(remark)]) is None
    assert unreadable([str(remark)]) == []


@given(st.text())
def test_a_name_is_one_line_of_what_can_be_seen(words):
    name = one_line(words)
    assert name.isprintable()
    assert name == name.strip()
    assert one_line(name) == name


@pytest.mark.parametrize(
    "line",
    ["reviewed", "Reviewed: 2026-11-20, A", "reviewed: 2026-02-30, A, sha256:1a2b3c4d5e6f"],
)
def test_what_looks_like_a_review_and_is_none_is_told(line):
    assert unreadable([line, "another comment"]) == [line]


def test_the_desk_is_told_in_its_own_language():
    assert told("tlh", "en") == translator("en", "staff").text("reviewed.none")
    assert told("tlh", "fr") == translator("fr", "staff").text("reviewed.none")


def test_every_safety_critical_text_is_there_and_says_what_to_check():
    known = {entry.id for entry in read_catalog("en", "contact") if entry.id}
    assert sorted(points().keys() - known) == []
    assert all(checks and all(map(str.strip, checks)) for checks in points().values())


@pytest.mark.parametrize(
    "needed",
    [
        *("language.choose", "safe.", "cover.", "suicide.", "child.", "danger.", "hours."),
        *("consent.", "person.share", "handoff.ask", "help.", "erase.", "stop."),
        *("question.sexual", "question.forced"),
    ],
)
def test_what_must_not_be_mistranslated_is_safety_critical(needed):
    ids = {entry.id for entry in read_catalog("en", "contact") if entry.id}
    assert sorted(each for each in ids if each.startswith(needed) and each not in points()) == []
