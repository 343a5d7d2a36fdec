"""A changed catalog: what was not changed keeps every byte."""

import io

import pytest
from babel.messages.pofile import read_po
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locales.editing import Edited, edited
from locales.translator import ROOT, languages

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)
SOURCES = {code: (ROOT / code / "contact.po").read_text("utf-8") for code in languages("contact")}
SAMPLE = """\
# About the file.
msgid ""
msgstr ""
"Language: fr\\n"

# Mine.
# reviewed: 2026-01-01, A, sha256:000000000000
#. Theirs.
msgid "a"
msgstr ""
"one "
"line\\n"
"and another"
# remark: 2026-01-01, A: no
msgid "b.\\"q\\""
msgstr "B"

#~ msgid "gone"
#~ msgstr "away"
"""


def read(source):
    catalog = read_po(io.BytesIO(source.encode()), abort_invalid=True)
    return {entry.id: entry for entry in catalog if entry.id}


@pytest.mark.parametrize("source", [*SOURCES.values(), SAMPLE, "", "\n", 'msgid "a"\nmsgstr "b"'])
def test_nothing_changed_is_the_same_bytes(source):
    assert edited(source, {}) == source


def test_a_comment_that_changes_leaves_the_wrapping_of_the_text():
    after = edited(SAMPLE, {"a": Edited("one line\nand another", review="reviewed: now")})
    old, new = "# reviewed: 2026-01-01, A, sha256:000000000000\n", "# reviewed: now\n"
    assert after == SAMPLE.replace(f"# Mine.\n{old}", f"{new}# Mine.\n")


def test_an_entry_that_changes_keeps_comments_of_others_and_what_is_around_it():
    after = edited(SAMPLE, {'b."q"': Edited('"C"\nD')})
    assert after == SAMPLE.replace("# remark: 2026-01-01, A: no\n", "").replace(
        'msgstr "B"', 'msgstr ""\n"\\"C\\"\\n"\n"D"'
    )


def test_a_message_that_is_not_there_yet_is_put_at_the_end():
    after = edited(SOURCES["fr"], {"language.new": Edited("Nouveau", review="reviewed: x")})
    assert after.startswith(SOURCES["fr"])
    assert read(after)["language.new"].string == "Nouveau"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_any_text_is_read_back_and_the_other_entries_are_as_they_were(language, data):
    source, before = SOURCES[language], read(SOURCES[language])
    chosen = data.draw(st.lists(st.sampled_from(sorted(before)), max_size=3, unique=True))
    changes = {name: Edited(data.draw(WORDS), review="reviewed: x") for name in chosen}
    after = read(edited(source, changes))
    assert list(after) == list(before)
    for name, entry in after.items():
        new = changes[name].text if name in changes else before[name].string
        assert entry.string == new
        assert entry.auto_comments == before[name].auto_comments
        assert entry.flags == before[name].flags
        assert ("reviewed: x" in entry.user_comments) == (name in changes)
