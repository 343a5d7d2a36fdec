"""The catalogs' check finds each kind of mistake and says where."""

import shutil

import pytest

from locales import languages
from locales.check import check
from ops.spoken import spoken, under

SPOKEN, UNDER = spoken(), under()


def problems(root, flow_ids=SPOKEN, below=UNDER):
    return check(flow_ids, root, under=below)


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


def test_the_shipped_catalogs_are_right():
    assert check(SPOKEN, under=UNDER) == []


def test_a_missing_message_is_named(root):
    spoil(root / "fr" / "contact.po", 'msgid "answer.skip"\nmsgstr "Passer"\n', "")
    assert problems(root) == ['fr/contact.po:1: "answer.skip": is missing']


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('msgid "help.emergency"', 'msgid "help.gone"', "is missing (safety-critical)"),
        ('msgid "help.emergency"', '#, fuzzy\nmsgid "help.emergency"', "is marked fuzzy (safety-critical)"),
    ],
)  # fmt: skip
def test_a_safety_critical_text_that_cannot_be_said_comes_before_everything_else(
    root, old, new, what
):
    spoil(root / "ar" / "contact.po", 'msgstr "نعم"', 'msgstr "Yes"')
    spoil(root / "ar" / "contact.po", 'msgid "answer.skip"', '#, fuzzy\nmsgid "answer.skip"')
    spoil(root / "fr" / "contact.po", old, new)
    first, *others = problems(root)
    assert first.startswith("fr/contact.po:")
    assert first.endswith(f'"help.emergency": {what}')
    assert len(others) >= 2
    assert not any("safety-critical" in line for line in others)


def test_a_message_the_flow_gained_is_missing_everywhere(root):
    found = problems(root, {*SPOKEN, "question.new"})
    assert found == [
        f'{lang}/contact.po:1: "question.new": is missing' for lang in languages("contact", root)
    ]


def test_a_message_nobody_says_is_named(root):
    found = problems(root, SPOKEN - {"cover.text"})
    assert len(found) == len(languages("contact", root))
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
    ("fr", "contact", "State: draft", "State: Amina", "X-Review-State stays draft: what was reviewed is written at each text"),
    ("fr", "contact", 'msgid "answer.no"', '# reviewed: soon, Amina\nmsgid "answer.no"', '"answer.no": "reviewed: soon, Amina" names no day'),
    ("fr", "contact", 'msgid "answer.no"', '# reviewed: 2026-13-01, A, sha256:1a2b3c4d5e6f\nmsgid "answer.no"', "names no day"),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "1 Oui"', '"answer.yes": 1 is not in the English text; options get their numbers'),
    ("ar", "contact", 'msgstr "نعم"', 'msgstr "٢ نعم"', '"answer.yes": 2 is not in the English text'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "① Oui"', '"answer.yes": ① is not in the English text'),
    ("fr", "contact", "Avez-vous moins de 18 ans", "Avez-vous moins de 81 ans", '"question.under_18": 18 of the English text is missing'),
    ("ar", "contact", 'msgstr "نعم"', 'msgstr "و yes of course"', '"answer.yes": is mostly not in the script of ar'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Оui"', '"answer.yes": "Оui" mixes letters of two scripts that look alike'),
    ("ru", "staff", "Введите этот код", "Bведите этот код", '"notice.code": "Bведите" mixes letters'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Oui\ufffd"', '"answer.yes": holds U+FFFD replacement character'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "O\u200bui"', '"answer.yes": holds U+200B zero width space'),
    ("fr", "staff", 'msgid "urgency.1"\nmsgstr "', 'msgid "urgency.1"\nmsgstr "\ue000', '"urgency.1": holds U+E000 (no character)'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Oui, de\u0301ja\u0300"', '"answer.yes": holds letters in parts'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "\u202eOui"', '"answer.yes": holds a mark that overrides the direction'),
    ("fr", "contact", 'msgstr "Oui"', 'msgstr "Oui\u200f"', '"answer.yes": holds a mark of direction, which fr does not need'),
    ("ar", "contact", 'msgstr "نعم"', 'msgstr "\u2067نعم"', '"answer.yes": opens a direction without closing it'),
    ("ar", "contact", "انتهت هذه المحادثة مع {name}", "{name} أنهى هذه المحادثة", '"case.closed": a line begins with a placeholder'),
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
    (root / "my").mkdir()
    shutil.copy(root / "en" / "contact.po", root / "my" / "contact.po")
    found = problems(root)
    # Nobody at the desk has to read it.
    assert not any(line.startswith("my/staff.po") for line in found)
    assert any('"answer.yes": holds no letter of the script of my' in line for line in found)


def test_all_that_the_line_offers_is_more_than_one_message_holds_and_that_is_no_problem(root):
    for code in ("am", "bg", "km", "ky", "lo", "my", "ne", "tg", "th", "uk"):
        (root / code).mkdir(exist_ok=True)
        shutil.copy(root / "en" / "contact.po", root / code / "contact.po")
    below = under(languages("contact", root))
    assert len(below["language.choose"]) < len(languages("contact", root))
    assert not any('"language.choose": needs' in line for line in problems(root, below=below))


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
