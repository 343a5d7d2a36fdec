"""The catalogs' check finds each kind of mistake and says where."""

import shutil

import pytest

from locales import languages
from locales.check import check
from locales.translator import ROOT
from ops.commands.locales import spoken, under

SPOKEN, UNDER = spoken(), under()


@pytest.fixture
def root(tmp_path):
    for path in ROOT.glob("*/*.po"):
        (tmp_path / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.parent.name / path.name)
    return tmp_path


def problems(root, flow_ids=SPOKEN):
    return check(flow_ids, root, under=UNDER)


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


def test_the_shipped_catalogs_are_right():
    assert check(SPOKEN, under=UNDER) == []


def test_a_missing_message_is_named(root):
    spoil(root / "fr" / "contact.po", 'msgid "answer.yes"\nmsgstr "Oui"\n', "")
    assert problems(root) == ['fr/contact.po:1: "answer.yes": is missing']


def test_a_message_the_flow_gained_is_missing_everywhere(root):
    found = problems(root, {*SPOKEN, "question.new"})
    assert found == [
        f'{lang}/contact.po:1: "question.new": is missing' for lang in languages("contact")
    ]


def test_a_message_nobody_says_is_named(root):
    found = problems(root, SPOKEN - {"cover.text"})
    assert len(found) == len(languages("contact"))
    assert all(line.endswith('"cover.text": nobody says this') for line in found)


MISTAKES = [
    ("fr", "contact", 'msgstr "Oui"', 'msgstr ""', '"answer.yes": is empty'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "  "', '"answer.yes": is empty'),
    ("fr", "contact", 'msgid "answer.yes"', '#, fuzzy\nmsgid "answer.yes"', '"answer.yes": is marked fuzzy'),
    ("fr", "contact", "{name} prend", "Sam prend", '"case.taken": {name} of the English text is missing'),
    ("fr", "contact", "{name} prend", "{nom} prend", '"case.taken": {nom} is not in the English text'),
    ("fr", "contact", "{name} prend", "{name prend", '"case.taken": broken placeholder'),
    ("en", "contact", "{name} has taken", "{name has taken", '"case.taken": broken placeholder'),
    ("ar", "contact", 'msgstr "نعم"', 'msgstr "Yes"', '"answer.yes": holds no letter of the script of ar'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Да"', '"answer.yes": holds no letter of the script of fr'),
    ("ar", "staff", 'msgstr "الآن"', 'msgstr "Right now"', '"urgency.1": holds no letter of the script of ar'),
    ("en", "contact", "Are you under 18", "Are you under 18 " * 20, '"question.under_18": needs 3 SMS segments, 2 at most'),
    ("en", "contact", "You can always write", "You can always write " * 55, '"help.words": needs 10 SMS segments, 6 at most'),
    ("fr", "contact", 'msgid "answer.no"', 'msgid "answer.yes"', '"answer.yes": stands there twice'),
    ("fr", "staff", 'msgid "urgency.1"', 'msgid "urgency.9"', '"urgency.9": nobody says this'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Oui', "not a PO file: this line is broken"),
    ("fr", "contact", 'msgstr "Oui"', "what is this", "not a PO file"),
    ("fr", "contact", '"X-Review-State: draft\\n"\n', "", "the header lacks X-Review-State"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "domain", "old", "new", "problem"), MISTAKES)
def test_each_kind_of_mistake_is_reported(root, language, domain, old, new, problem):
    spoil(root / language / f"{domain}.po", old, new)
    found = problems(root)
    where = f"{language}/{domain}.po:"
    assert any(line.startswith(where) and problem in line for line in found), found


def test_a_problem_is_reported_with_the_line_it_stands_on(root):
    line = spoil(root / "fr" / "contact.po", "{name} prend", "Sam prend")
    (found,) = problems(root)
    # The line of the msgid, which is above its text.
    assert found.startswith(f'fr/contact.po:{line - 1}: "case.taken"')


def test_options_count_as_part_of_a_questions_length(root):
    spoil(root / "en" / "contact.po", 'msgstr "I need help now"', f'msgstr "{"help " * 60}"')
    assert any('"menu.ask": needs 3 SMS segments' in line for line in problems(root))


def test_a_catalog_that_is_missing_is_named(root):
    (root / "es" / "staff.po").unlink()
    assert problems(root) == ["es/staff.po:1: is missing"]


def test_a_catalog_that_is_no_text_is_named(root):
    (root / "es" / "staff.po").write_bytes(b"\xff\xfe\x00")
    (found,) = problems(root)
    assert found.startswith("es/staff.po:1: not a PO file")


def test_a_new_language_is_checked_as_soon_as_it_has_a_file(root):
    (root / "uk").mkdir()
    shutil.copy(root / "en" / "contact.po", root / "uk" / "contact.po")
    found = problems(root)
    # Nobody at the desk has to read it.
    assert not any(line.startswith("uk/staff.po") for line in found)
    assert any('"answer.yes": holds no letter of the script of uk' in line for line in found)


def test_a_plural_form_may_leave_the_number_out_but_not_all_may(root):
    entry = '\nmsgid "n.cases"\nmsgid_plural "n.cases"\nmsgstr[0] "{0}"\nmsgstr[1] "{1}"\n'
    for lang in ("en", "fr", "es"):
        with (root / lang / "staff.po").open("a", encoding="utf-8") as file:
            file.write(entry.replace("{0}", "one case").replace("{1}", "{n} cases"))
    with (root / "ar" / "staff.po").open("a", encoding="utf-8") as file:
        forms = "".join(f'msgstr[{i}] "حالات"\n' for i in range(6))
        file.write(f'\nmsgid "n.cases"\nmsgid_plural "n.cases"\n{forms}')
    with (root / "ru" / "staff.po").open("a", encoding="utf-8") as file:
        forms = "".join(f'msgstr[{i}] "{{n}} дел"\n' for i in range(3))
        file.write(f'\nmsgid "n.cases"\nmsgid_plural "n.cases"\n{forms}')
    (found,) = problems(root)
    assert '"n.cases": {n} of the English text is missing' in found
