"""The directory's pages: found, changed, confirmed, taken in and out; and told to a contact from a case."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline import directory, referral
from hotline.models import Audit, Outbox, Service
from tests.hotline.directories import SHELTER, confirmed, entry, kept, rows

JSON = {"Accept": "application/json"}
FORM = {name: cell for name, cell in SHELTER.items() if name != "code"} | {"serves": "women"}


@pytest.fixture
def ana(another):
    return another().is_hired("ana", "supervisor", "Ana")


@pytest.fixture
def sam(another):
    return another().is_hired("sam")


def shown(page):
    return re.search(r'name="shown" value="([0-9a-f]+)"', page)[1]


class TestPages:
    def test_who_is_at_the_desk_finds_services_and_changes_none(self, sam, sessions, line_id, now):
        number = kept(sessions, line_id, confirmed(now), now)
        page = sam.get("/directory?country=CH&kind=shelter&language=ar&open=1").text
        assert "Safe House" in page
        assert "Confirmed; counts until" in page
        own = sam.get(f"/directory/{number}").text
        assert "+1 202 555 0101" in own
        assert "I have checked this today" not in own
        assert "/directory/new" not in page
        for path in ("/directory", f"/directory/{number}", f"/directory/{number}/verify"):
            assert sam.post(path, **FORM).status_code == 403
        assert sam.get("/directory/services.csv").status_code == 403
        assert len(rows(sessions)) == 1

    def test_a_service_is_added_and_cannot_be_sent_before_it_is_confirmed(
        self, ana, sessions, clock
    ):
        answer = ana.post("/directory", **FORM)
        assert answer.status_code == 303
        page = ana.get(answer.location).text
        assert "Never confirmed" in page
        assert "It cannot be sent to anybody" in page
        (row,) = rows(sessions)
        assert (row.code, row.verified_on) == ("safe-house", None)
        ana.post(f"{answer.location}/verify", shown=shown(page), source=row.source)
        (row,) = rows(sessions)
        assert (row.verified_on, row.verified_by) == (clock().date(), "Ana")
        assert "Confirmed by Ana" in ana.get(answer.location).text

    def test_nobody_confirms_by_the_form_that_changes(self, ana, sessions):
        ana.post("/directory", **FORM, verified_on="2026-03-02", verified_by="Ana")
        assert rows(sessions)[0].verified_on is None

    def test_what_was_changed_meanwhile_is_not_confirmed(self, ana, sessions, line_id, now):
        number = kept(sessions, line_id, entry(now), now)
        seen = shown(ana.get(f"/directory/{number}").text)
        kept(sessions, line_id, entry(now, phone="+1 202 555 0199"), now)
        ana.post(f"/directory/{number}/verify", shown=seen, source="x")
        assert "Somebody has changed this service" in ana.get(f"/directory/{number}").text
        assert rows(sessions)[0].verified_on is None

    def test_what_cannot_be_kept_comes_back_as_it_was_typed(self, ana, sessions):
        answer = ana.post("/directory", **FORM | {"hours": "now and then"})
        assert answer.status_code == 400
        assert "The opening hours cannot be read." in answer.text
        assert 'value="now and then"' in answer.text
        assert 'value="Safe House"' in answer.text
        assert rows(sessions) == []

    def test_languages_are_understood_by_name_and_by_code(self, ana, sessions):
        ana.post("/directory", **FORM | {"languages": "French, ar, Haitian Creole"})
        assert rows(sessions)[0].languages == ["ar", "fr", "ht"]

    def test_two_services_do_not_share_a_code(self, ana, sessions, line_id, now):
        kept(sessions, line_id, entry(now, code="other"), now)
        answer = ana.post("/directory", **FORM)
        again = ana.post(answer.location, **FORM | {"code": "other"})
        assert again.status_code == 409
        assert "Another service has this code." in again.text

    def test_one_that_is_taken_out_is_gone(self, ana, sessions, line_id, now):
        number = kept(sessions, line_id, confirmed(now), now)
        assert ana.post(f"/directory/{number}/remove").location == "/directory"
        assert rows(sessions) == []
        assert ana.get(f"/directory/{number}").status_code == 404
        assert ana.post(f"/directory/{number}/remove").status_code == 404

    def test_a_search_for_anything_finds_or_does_not(self, sam, sessions, line_id, now):
        kept(sessions, line_id, confirmed(now), now)
        for asked in ("country=%00", "kind='", "words=%25%00", "language=xx", "open=2", "due=1"):
            assert sam.get(f"/directory?{asked}").status_code == 200, asked

    def test_what_has_to_be_confirmed_has_a_list_of_its_own(
        self, ana, sessions, line_id, now, clock
    ):
        kept(sessions, line_id, confirmed(now, code="new-one", name="New one"), now)
        kept(sessions, line_id, confirmed(now, 80, code="old-one", name="Old one"), now)
        page = ana.get("/directory?due=1").text
        assert "Old one" in page
        assert "New one" not in page
        ana.post("/directory/days", days="60")
        assert "Not confirmed since" in ana.get("/directory?due=1").text

    @pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
    def test_every_page_speaks_the_readers_language(
        self, another, sessions, line_id, now, language
    ):
        somebody = another().is_hired("lea", "supervisor", language=language)
        number = kept(sessions, line_id, confirmed(now, 91), now)
        pages = ("/directory", "/directory?due=1", "/directory/new")
        for path in (*pages, f"/directory/{number}", f"/directory/{number}/edit"):
            page = somebody.get(path)
            assert page.status_code == 200
            assert not re.search(r">\s*(directory|service|entry)\.[a-z_.]+\s*<", page.text), path


class TestFiles:
    def upload(self, somebody, data):
        form = {"csrf_token": somebody.token, "file": (io.BytesIO(data), "services.csv")}
        return somebody.client.post("/directory/import", data=form)

    def test_what_is_downloaded_can_be_imported_again(self, ana, sessions, line_id, now):
        kept(sessions, line_id, confirmed(now), now)
        file = ana.get("/directory/services.csv")
        assert file.mimetype == "text/csv"
        ana.get("/directory")
        answer = self.upload(ana, file.data)
        assert answer.status_code == 200
        assert "0 new, 0 changed, 1 as they were. 0 of them" in answer.text

    def test_bad_rows_are_named_and_nothing_is_changed(self, ana, sessions):
        ana.get("/directory")
        data = b"code,name,kind,serves,phone\nok-1,Ok,legal,anybody,112\nbad,,legal,anybody,112\n"
        answer = self.upload(ana, data)
        assert answer.status_code == 400
        assert "Row 3: The name is missing." in re.sub(r"\s+", " ", answer.text)
        assert rows(sessions) == []

    def test_the_example_comes_in_and_none_of_it_can_be_sent(self, ana, sessions):
        ana.get("/directory")
        answer = self.upload(ana, ana.get("/directory/example.csv").data)
        assert "3 new, 0 changed, 0 as they were. 3 of them cannot be sent" in answer.text

    def test_a_file_that_is_none_is_refused_with_one_line(self, ana):
        ana.get("/directory")
        assert "no CSV file in UTF-8" in self.upload(ana, b"\x89PNG\r\n").text
        answer = ana.post("/directory/import")
        assert answer.status_code == 400


class TestOnACase:
    @pytest.fixture
    def case_id(self, a_case, sam):
        number = a_case()
        sam.post(f"/desk/cases/{number}/take")
        return number

    def found(self, sam, case_id, asked=""):
        return sam.get(f"/desk/cases/{case_id}/services{asked}").text

    def test_what_the_contact_would_read_is_shown_and_that_is_what_is_sent(
        self, sam, case_id, sessions, line_id, clock, vault
    ):
        number = kept(sessions, line_id, confirmed(clock()), clock())
        page = self.found(sam, case_id, "?country=CH&language=fr")
        told = referral.message(confirmed(clock()), "en")
        assert told.splitlines()[1] in page
        sent = sam.post(f"/desk/cases/{case_id}/services/{number}", shown=shown(page), headers=JSON)
        assert sent.json == {"refused": ""}
        with sessions() as session:
            row = session.scalars(select(Outbox).order_by(Outbox.id.desc())).first()
            acts = session.scalars(select(Audit.act)).all()
        assert told in vault.open(row.body_sealed, "body").replace("\\n", "\n")
        assert "case.service_sent" in acts

    def test_what_is_not_confirmed_is_shown_and_cannot_be_sent(
        self, sam, case_id, sessions, line_id, clock
    ):
        number = kept(sessions, line_id, confirmed(clock(), 91), clock())
        page = self.found(sam, case_id)
        assert "Not confirmed since" in page
        assert "Send it to the contact" not in page
        with sessions() as session:
            seen = directory.get(session, line_id, number, clock()).shown
        for value in (seen, ""):
            answer = sam.post(f"/desk/cases/{case_id}/services/{number}", shown=value, headers=JSON)
            assert answer.status_code == 409
            assert "nobody has confirmed" in answer.json["refused"]

    def test_one_that_runs_out_while_it_is_looked_at_is_not_sent(
        self, sam, case_id, sessions, line_id, clock
    ):
        number = kept(sessions, line_id, confirmed(clock(), 90), clock())
        seen = shown(self.found(sam, case_id))
        with sessions.begin() as session:
            row = session.get(Service, number)
            row.verified_on -= timedelta(days=1)
        answer = sam.post(f"/desk/cases/{case_id}/services/{number}", shown=seen, headers=JSON)
        assert answer.status_code == 409

    def test_only_who_has_the_case_sends(self, sam, case_id, another, sessions, line_id, clock):
        number = kept(sessions, line_id, confirmed(clock()), clock())
        seen = shown(self.found(sam, case_id))
        noor = another().is_hired("noor")
        answer = noor.post(f"/desk/cases/{case_id}/services/{number}", shown=seen, headers=JSON)
        assert (answer.status_code, answer.json) == (409, {"refused": "Take this case first."})

    def test_of_many_the_first_are_shown_and_the_rest_is_told(
        self, sam, case_id, sessions, line_id, clock
    ):
        for n in range(23):
            kept(sessions, line_id, confirmed(clock(), code=f"s-{n}", name=f"S {n}"), clock())
        assert "3 more: look for something narrower." in self.found(sam, case_id)


def test_a_partner_reads_the_directory_and_changes_nothing(another, sessions, line_id, now):
    kept(sessions, line_id, confirmed(now), now)
    mia = another().is_hired("mia", "partner", teams=("shelter",))
    assert "Safe House" in mia.get("/directory").text
    assert mia.post("/directory", **FORM).status_code == 403
