"""Questionnaires out to a spreadsheet and back, and spreadsheets that somebody wrote by hand."""

import io
import zipfile
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ops import xlsform
from ops.cli import REFUSALS
from ops.commands.triage import triage
from ops.xlsform import columns as col
from ops.xlsform.conditions import NotSimple, condition, read_condition
from triage.flow import Meaning, Option, Question, Questionnaire
from triage.indicators import indicators, needs
from triage.loader import QUESTIONNAIRES

SHIPPED = sorted(path.stem for path in QUESTIONNAIRES.glob("*.toml"))
KNOWN = xlsform.catalog_texts()


def written(path, **sheets):
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def by_hand(path, *survey, choices=(), settings=()):
    return written(
        path,
        survey=[["type", "name", "label", "relevant"], *survey],
        choices=[["list_name", "name", "label"], *choices],
        settings=[["form_id", "version", "default_language"], *settings],
    )


def refused(path):
    with pytest.raises(xlsform.XlsFormRefused) as told:
        xlsform.import_form(path, KNOWN)
    return told.value.problems


def there_and_back(questionnaire, texts, folder):
    path = folder / "form.xlsx"
    path.write_bytes(xlsform.export_form(questionnaire, texts))
    form = xlsform.import_form(path, texts)
    xlsform.save(form, folder / "out", force=True)
    return form, xlsform.find(questionnaire.id, folder / "out")


def same(one, other):
    facts = ("id", "version", "scored", "adaptive")
    assert [getattr(one, fact) for fact in facts] == [getattr(other, fact) for fact in facts]
    assert list(one.questions.items()) == list(other.questions.items())


def texts_of(questionnaire):
    for question in questionnaire.questions.values():
        yield question.say
        yield from (option.label for option in question.options)
        yield from (meaning.says for meaning in question.means.values() if meaning.says)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_questionnaire_comes_back_as_it_left(name, tmp_path):
    questionnaire = xlsform.find(name, QUESTIONNAIRES)
    form, loaded = there_and_back(questionnaire, KNOWN, tmp_path)
    same(loaded, questionnaire)
    assert form.remarks == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_its_texts_come_back_as_the_catalogs_have_them(name, tmp_path):
    questionnaire = xlsform.find(name, QUESTIONNAIRES)
    there_and_back(questionnaire, KNOWN, tmp_path)
    ids = set(texts_of(questionnaire))
    for code, known in KNOWN.items():
        file = tmp_path / "out" / f"{code}.po"
        catalog = read_po(io.BytesIO(file.read_bytes()), abort_invalid=True)
        found = {entry.id: entry.string for entry in catalog if entry.id}
        assert found == {message_id: known[message_id] for message_id in ids & known.keys()}
        assert "X-Review-State: draft" in file.read_text(encoding="utf-8")


NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8).map(lambda name: f"q{name}")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
MEANINGS = st.builds(
    Meaning,
    indicators=st.lists(st.sampled_from(sorted(indicators())), max_size=3).map(tuple),
    needs=st.lists(st.sampled_from(sorted(needs())), max_size=2).map(tuple),
    says=st.sampled_from(["", "flag.pay", "flag.new"]),
    interrupts=st.sampled_from(["", "danger"]),
).filter(lambda meaning: meaning != Meaning())


@st.composite
def question(draw, name, earlier):
    options = draw(st.lists(NAMES, max_size=8, unique=True))
    ids = options or [draw(st.sampled_from(["yes", "no"]))]
    asked = draw(st.sampled_from([None, *earlier]))
    return Question(
        name,
        f"question.{name}",
        {each: draw(MEANINGS) for each in ids if draw(st.booleans())},
        tuple(Option(each, f"option.{name}.{each}") for each in options),
        first=draw(st.booleans()),
        likely=draw(st.floats(0, 1)),
        when={asked.id: draw(st.sampled_from(asked.answers)).id} if asked else {},
        source=draw(WORDS),
    )


@st.composite
def questionnaires(draw):
    questions = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        questions[name] = draw(question(name, list(questions.values())))
    flags = st.booleans()
    return Questionnaire(
        "made_up", draw(st.integers(0, 99)), questions, scored=draw(flags), adaptive=draw(flags)
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(questionnaire=questionnaires(), words=WORDS)
def test_any_questionnaire_comes_back_as_it_left(questionnaire, words, tmp_path):
    said = dict.fromkeys(texts_of(questionnaire), words.replace("${", "")) if words else {}
    form, loaded = there_and_back(questionnaire, {"en": said, "fr": {}}, tmp_path)
    same(loaded, questionnaire)
    assert form.texts == ({"en": said} if said else {})


@given(st.dictionaries(NAMES, NAMES, max_size=4))
def test_a_condition_is_read_as_it_was_written(when):
    assert read_condition(condition(when) or "${a} = 'b'") == (when or {"a": "b"})


@pytest.mark.parametrize(
    ("relevant", "when"),
    [
        ("${debt}='yes'", {"debt": "yes"}),
        ('selected(${debt}, "yes")', {"debt": "yes"}),
        ("(${a} = ‘yes’) and selected( ${b} ,'no')", {"a": "yes", "b": "no"}),
    ],
)
def test_a_condition_can_be_written_in_several_ways(relevant, when):
    assert read_condition(relevant) == when


@pytest.mark.parametrize(
    "relevant",
    [
        "${a} != 'yes'",
        "not(selected(${a}, 'yes'))",
        "${a} = 'yes' or ${b} = 'no'",
        "${age} < 18",
        "${a} = 'yes' and",
        "${a} = 'yes' ${b} = 'no'",
        "${a} = 'yes' and ${a} = 'no'",
        "@",
    ],
)
def test_a_condition_that_says_more_is_refused(relevant):
    with pytest.raises(NotSimple):
        read_condition(relevant)


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path):
    asked = Question("q", "question.q", {}, source="@SUM(A1)")
    texts = {"en": {"question.q": '=HYPERLINK("http://example.org")'}}
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform.export_form(Questionnaire("f", 1, {"q": asked}), texts))
    cells = [
        c for sheet in load_workbook(path) for row in sheet.iter_rows() for c in row if c.value
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(path) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in packed.read(name) for name in sheets)
    assert xlsform.import_form(path, texts).texts == texts


def test_a_text_no_catalog_has_is_exported_as_its_id_and_not_imported(tmp_path):
    asked = Question("q", "question.q", {})
    form, _ = there_and_back(Questionnaire("f", 1, {"q": asked}), {"en": {}, "fr": {}}, tmp_path)
    assert form.texts == {}


def test_what_pyxform_refuses_is_one_line():
    asked = Question("not a name", "question.q", {})
    with pytest.raises(xlsform.XlsFormRefused, match="pyxform refuses") as told:
        xlsform.export_form(Questionnaire("f", 1, {"not a name": asked}), KNOWN)
    assert "\n" not in str(told.value)


def test_a_form_written_by_hand_is_read(tmp_path):
    path = by_hand(
        tmp_path / "my form.xlsx",
        ["note", "hello", "Welcome"],
        ["begin group", "work", "Work", ""],
        ["select_one yn", "works", "Do you work?", ""],
        ["select one place", "place", "Where?", "${works} = 'yes'"],
        ["end group"],
        ["begin_group", "house", None, "selected(${place}, '2')"],
        ["select_one yes_no", "locked", "Is the door locked?", "${works} = 'yes'"],
        ["end_group"],
        choices=[
            ["yn", "yes", "Yes!"],
            ["yn", "no", "No"],
            ["yn", "dont_know", "I do not know"],
            ["place", 1, "Farm"],
            ["place", 2, "House"],
            ["place", "skip", "Rather not say"],
        ],
    )
    form = xlsform.import_form(path, KNOWN)
    assert form.questionnaire.id == "my_form"
    assert form.questionnaire.questions == {
        "works": Question("works", "question.works", {}),
        "place": Question(
            "place",
            "question.place",
            {},
            (Option("1", "option.place.1"), Option("2", "option.place.2")),
            when={"works": "yes"},
        ),
        "locked": Question("locked", "question.locked", {}, when={"place": "2", "works": "yes"}),
    }
    assert form.texts == {
        "en": {
            "question.works": "Do you work?",
            "question.place": "Where?",
            "question.locked": "Is the door locked?",
            "option.place.1": "Farm",
            "option.place.2": "House",
        }
    }
    assert [remark.partition(":")[0] for remark in form.remarks].count("choices") == 3
    assert any(remark.startswith("survey:2: a note") for remark in form.remarks)
    assert any('"Yes!" is not used: in en the line says "Yes"' in each for each in form.remarks)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("label::French (fr)", "fr"),
        ("Label : fr", "fr"),
        ("label::français", "fr"),
        ("label::Tigrinya", "ti"),
        ("label::Klingonese", ""),
        ("label::French (../fr)", ""),
    ],
)
def test_a_label_column_names_its_language(header, code):
    assert col.language_of(col.column(header).removeprefix("label::")) == code


def test_a_plain_label_is_in_the_default_language(tmp_path):
    path = by_hand(
        tmp_path / "f.xlsx",
        ["select_one yes_no", "q", "Travaillez-vous ?"],
        settings=[["work", "2024-05 draft", "French (fr)"]],
    )
    form = xlsform.import_form(path, KNOWN)
    assert form.texts == {"fr": {"question.q": "Travaillez-vous ?"}}
    assert (form.questionnaire.id, form.questionnaire.version) == ("work", 1)
    assert any("2024-05 draft" in remark for remark in form.remarks)
    assert any("no English" in line for line in xlsform.next_steps(form, KNOWN))


def test_everything_that_cannot_be_asked_is_told_at_once(tmp_path):
    survey = [
        ["image", "photo", "Your face"],
        ["geopoint", "place", "Where are you?"],
        ["integer", "age", "Your age"],
        ["select_multiple work", "work", "What work?"],
        ["begin_repeat", "children", "Children"],
        ["select_one nowhere", "a", "A?"],
        ["end_repeat"],
        ["select_one work or_other", "b", "B?"],
        ["select_one yes_no", "c", "You said ${a}?"],
        ["select_one yes_no", "c", "Again?", "${age} < 18"],
        ["select_one yes_no", "d", None, "${later} = 'yes'"],
        ["select_one yes_no", "what is it", "E?", "${c} = 'maybe'"],
        ["begin_group", "open"],
        ["wizardry", "g", "G?"],
    ]
    problems = refused(by_hand(tmp_path / "f.xlsx", *survey, choices=[["work", "farm", "Farm"]]))
    told = sorted(int(problem.split(":")[1]) for problem in problems)
    assert told == [2, 3, 4, 5, 6, 7, 9, 10, 11, 11, 12, 12, 13, 13, 14, 15]
    assert all(problem.startswith("survey:") and "\n" not in problem for problem in problems)


def test_a_list_that_cannot_be_offered_is_told_with_its_row(tmp_path):
    many = [["long", f"o{n}", "O"] for n in range(9)]
    path = written(
        tmp_path / "f.xlsx",
        survey=[
            ["type", "name", "label", "waypost_indicators", "waypost_likely", "waypost_counts"],
            ["select_one long", "q", "Q?", "CD03", 0.5, None],
            ["select_one twice", "r", "R?", None, "often", None],
            ["select_one yes_no", "s", "S?", "XX99", None, "maybe"],
        ],
        choices=[
            ["list_name", "name", "label", "waypost_needs"],
            *many,
            ["twice", "a", "A", "wealth"],
            ["twice", "a", "B", None],
            ["twice", "c", None, None],
            ["unused", "not a name", None, "wealth"],
        ],
    )
    places = [":".join(problem.split(":")[:2]) for problem in refused(path)]
    assert places == [
        "choices:2",
        "choices:11",
        "choices:12",
        "choices:13",
        "survey:2",
        "survey:3",
        "survey:4",
        "survey:4",
    ]


def test_a_formula_is_not_a_text(tmp_path):
    path = by_hand(tmp_path / "f.xlsx", ["select_one yes_no", "q", '=CONCAT("a","b")'])
    assert any(problem.startswith('survey:2: "label" is a formula') for problem in refused(path))


def test_a_sheet_without_end_is_refused_and_empty_rows_are_no_matter(tmp_path):
    asked = ["select_one yes_no", "q", "Q?"]
    path = by_hand(tmp_path / "f.xlsx", asked, *[[None]] * 3000)
    assert list(xlsform.import_form(path, KNOWN).questionnaire.questions) == ["q"]
    path = by_hand(tmp_path / "g.xlsx", *([asked[0], f"q{n}", "Q?"] for n in range(2100)))
    assert refused(path) == ["survey:2001: more rows than a questionnaire has"]


def test_a_form_id_cannot_leave_the_folder(tmp_path):
    path = by_hand(tmp_path / "f.xlsx", ["select_one yes_no", "q", "Q?"], settings=[["../x"]])
    assert any("form_id" in problem for problem in refused(path))


@pytest.mark.parametrize("content", [b"", b"type,name\n", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_gets_one_clear_line(tmp_path, content):
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    with pytest.raises(xlsform.XlsFormRefused, match="save it as one"):
        xlsform.import_form(path, KNOWN)


def test_a_zip_of_something_else_gets_one_clear_line(tmp_path):
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<nothing")
    with pytest.raises(xlsform.XlsFormRefused, match="cannot be read"):
        xlsform.import_form(path, KNOWN)


def test_missing_sheets_and_columns_are_told(tmp_path):
    assert refused(written(tmp_path / "a.xlsx", elsewhere=[["type"]])) == [
        'survey:1: there is no sheet "survey"'
    ]
    path = written(
        tmp_path / "b.xlsx", survey=[["type", "label::Nowhere", "label::Nowhere"], ["select_one x"]]
    )
    assert {
        'survey:1: the column "label::Nowhere" stands there twice',
        'survey:1: there is no column "name"',
        'choices:1: there is no sheet "choices"',
    } <= set(refused(path))


def test_the_commands_go_there_and_back_and_overwrite_nothing_unasked(tmp_path):
    file, folder = str(tmp_path / "offer.xlsx"), str(tmp_path / "out")
    run = CliRunner().invoke
    assert run(triage, ["export-xlsform", "offer", file]).exit_code == 0
    assert run(triage, ["export-xlsform", "offer", file]).exit_code == 1
    assert run(triage, ["export-xlsform", "offer", file, "--force"]).exit_code == 0
    done = run(triage, ["import-xlsform", file, "--to", folder])
    assert done.exit_code == 0
    assert "Next:" in done.output
    again = run(triage, ["import-xlsform", file, "--to", folder])
    assert "--force" in str(again.exception)
    assert run(triage, ["import-xlsform", file, "--to", folder, "--force"]).exit_code == 0


def test_no_import_writes_among_the_drafts_of_another_questionnaire(tmp_path):
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "other.toml").write_text("", encoding="utf-8")
    (tmp_path / "drafts" / "fr.po").write_text("kept", encoding="utf-8")
    book = tmp_path / "offer.xlsx"
    runner = CliRunner()
    assert runner.invoke(triage, ["export-xlsform", "offer", str(book)]).exit_code == 0
    folder = str(tmp_path / "drafts")
    told = runner.invoke(triage, ["import-xlsform", str(book), "--to", folder, "--force"])
    assert isinstance(told.exception, xlsform.XlsFormRefused)
    assert (tmp_path / "drafts" / "fr.po").read_text(encoding="utf-8") == "kept"


def test_a_refused_form_writes_nothing_and_is_a_known_refusal(tmp_path):
    path = by_hand(tmp_path / "f.xlsx", ["image", "q", "Q?"])
    told = CliRunner().invoke(triage, ["import-xlsform", str(path), "--to", str(tmp_path / "out")])
    assert type(told.exception).__name__ in REFUSALS
    assert not (tmp_path / "out").exists()
    lost = CliRunner().invoke(triage, ["export-xlsform", "nowhere", str(tmp_path / "n.xlsx")])
    assert "there is no questionnaire" in str(lost.exception)


def test_new_and_changed_texts_are_counted(tmp_path):
    questionnaire = xlsform.find("offer", QUESTIONNAIRES)
    said = KNOWN["en"] | {"question.offer_pay": "Is there money to pay?"}
    form, _ = there_and_back(questionnaire, {"en": said}, tmp_path)
    known = {"en": {i: text for i, text in KNOWN["en"].items() if i != "flag.pay"}}
    lines = list(xlsform.next_steps(replace(form), known))
    assert any(line.startswith("en.po:") and "1 new, 1 changed" in line for line in lines)
