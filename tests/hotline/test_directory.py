"""The referral directory: what may be told to whom, for how long, and files that lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from hotline import cases, directory, directoryfile, entries, referral, staff
from hotline.cases import CaseRefused
from hotline.directory import DirectoryRefused, Wanted
from hotline.directoryfile import FileRefused, RowsRefused
from hotline.entries import EntryUnusable
from hotline.models import Audit, Case, NoticeCall, Service
from locales import count_segments, languages
from tests.hotline.directories import confirmed, entry, kept, rows

HEADER = ",".join(entries.FIELDS)


def listed(sessions, line_id, now, **wanted):
    with sessions() as session:
        return directory.found(session, line_id, Wanted(**wanted), now)


@pytest.fixture
def ana(sessions, line_id):
    with sessions.begin() as session:
        staff.add(
            session,
            line_id=line_id,
            login="ana",
            display_name="Ana",
            role="supervisor",
            language="en",
        )
        return staff.listed(session, line_id)[0]


class TestEntries:
    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"code": "Übel"}, "entry.code"),
            ({"code": ""}, "entry.code"),
            ({"name": " "}, "entry.name"),
            ({"name": "x" * 81}, "entry.too_long"),
            ({"kind": "casino"}, "entry.kind"),
            ({"country": "XX"}, "entry.country"),
            ({"country": "EU"}, "entry.country"),
            ({"languages": "en klingon"}, "entry.languages"),
            ({"serves": ""}, "entry.serves"),
            ({"serves": "dogs"}, "entry.serves"),
            ({"hours": "whenever"}, "entry.hours"),
            ({"time_zone": ""}, "entry.time_zone"),
            ({"time_zone": "Mars/Olympus"}, "entry.time_zone"),
            ({"cost": "much"}, "entry.cost"),
            ({"phone": "call us"}, "entry.phone"),
            ({"email": "at example"}, "entry.email"),
            ({"web": "javascript:alert(1)"}, "entry.web"),
            ({"web": "https://"}, "entry.web"),
            ({"web": "https://[broken"}, "entry.web"),
            ({"phone": "", "web": ""}, "entry.unreachable"),
            ({"text_xx": "hello"}, "entry.text_language"),
            ({"text_en": "y" * 241}, "entry.too_long"),
            ({"verified_on": "2026-03-01"}, "entry.verified"),
            ({"verified_by": "Ana"}, "entry.verified"),
            ({"verified_on": "1.3.26", "verified_by": "Ana"}, "entry.verified"),
            ({"verified_on": "2026-03-01", "verified_by": "Ana", "source": ""}, "entry.verified"),
            ({"verified_on": "2026-03-09", "verified_by": "Ana"}, "entry.future"),
            ({"name": "evil\u202egnp"}, "entry.unshown"),
            (
                {"text_ar": "م" * 240, "place": "م" * 160, "name": "م" * 80},
                "entry.too_many_segments",
            ),
        ],
    )
    def test_what_cannot_be_used_has_one_reason(self, now, more, reason):
        with pytest.raises(EntryUnusable) as refused:
            entry(now, **more)
        assert refused.value.reason == reason

    def test_it_is_kept_in_one_plain_form(self, now):
        made = entry(
            now, code=" SAFE-House ", country="ch", languages="fr, EN fr", serves="children,women"
        )
        assert (made.code, made.country) == ("safe-house", "CH")
        assert (made.languages, made.serves) == (("en", "fr"), ("children", "women"))

    def test_a_service_needs_no_country_and_a_line_that_is_always_open_no_clock(self, now):
        made = entry(now, country="", hours="24/7", time_zone="")
        assert made.week is not None
        assert made.week.always


def test_two_who_add_the_same_code_at_once_make_one_entry(sessions, line_id, now):
    start = Barrier(2)

    def adds(name):
        with sessions.begin() as session:
            start.wait()
            made = entry(now, name=name)
            return directory.save(session, line_id, made, now, by=None)[0]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(adds, ("Safe House", "Safe Home"))
    assert first == second
    assert len(rows(sessions)) == 1


class TestFreshness:
    @pytest.mark.parametrize(
        ("days_ago", "freshness", "sendable"),
        [
            (0, "fresh", True),
            (75, "fresh", True),
            (76, "fresh", True),
            (77, "soon", True),
            (90, "soon", True),
            (91, "stale", False),
            (4000, "stale", False),
        ],
    )
    def test_what_was_confirmed_counts_for_ninety_days(
        self, sessions, line_id, now, days_ago, freshness, sendable
    ):
        kept(sessions, line_id, confirmed(now, days_ago), now)
        (found,) = listed(sessions, line_id, now)
        assert (found.freshness, found.sendable) == (freshness, sendable)

    def test_what_nobody_confirmed_is_never_sendable(self, sessions, line_id, now):
        kept(sessions, line_id, entry(now), now)
        (found,) = listed(sessions, line_id, now)
        assert (found.freshness, found.sendable, found.until) == ("unverified", False, None)

    def test_how_long_it_counts_is_the_lines_own(self, sessions, line_id, now, ana):
        kept(sessions, line_id, confirmed(now, 40), now)
        with sessions.begin() as session:
            directory.set_days(session, ana, 30, now)
            with pytest.raises(DirectoryRefused, match="days_refused"):
                directory.set_days(session, ana, 0, now)
        (found,) = listed(sessions, line_id, now)
        assert found.freshness == "stale"

    @pytest.mark.parametrize(
        "change", [{"phone": "+1 202 555 0199"}, {"text_en": "Elsewhere."}, {"hours": "24/7"}]
    )
    def test_whatever_changes_has_to_be_confirmed_anew(self, sessions, line_id, now, change):
        number = kept(sessions, line_id, confirmed(now, 3), now)
        assert kept(sessions, line_id, confirmed(now, 3, **change), now) == number
        (row,) = rows(sessions)
        assert (row.verified_on, row.verified_by) == (None, "")

    def test_the_desks_own_note_changes_nothing_of_it(self, sessions, line_id, now):
        kept(sessions, line_id, confirmed(now, 3), now)
        kept(sessions, line_id, entry(now, note="ask for the night nurse"), now)
        (row,) = rows(sessions)
        assert row.verified_on == now.date() - timedelta(days=3)
        assert row.note == "ask for the night nurse"

    def test_an_older_file_takes_no_confirmation_back(self, sessions, line_id, now):
        kept(sessions, line_id, confirmed(now, 1), now)
        kept(sessions, line_id, confirmed(now, 80), now)
        assert rows(sessions)[0].verified_on == now.date() - timedelta(days=1)

    def test_confirming_is_one_press_by_name_and_day(self, sessions, line_id, now, ana):
        number = kept(sessions, line_id, entry(now), now)
        (found,) = listed(sessions, line_id, now)
        with sessions.begin() as session:
            directory.verify(session, ana, number, found.shown, "", now)
        (row,) = rows(sessions)
        assert (row.verified_on, row.verified_by) == (now.date(), "Ana")
        with sessions() as session:
            acts = session.scalars(select(Audit.act).order_by(Audit.id)).all()
        assert acts == ["directory.changed", "directory.verified"]

    def test_what_has_changed_since_the_page_was_opened_is_not_confirmed(
        self, sessions, line_id, now, ana
    ):
        number = kept(sessions, line_id, entry(now), now)
        (found,) = listed(sessions, line_id, now)
        kept(sessions, line_id, entry(now, phone="+1 202 555 0199"), now)
        with sessions.begin() as session, pytest.raises(DirectoryRefused, match="changed"):
            directory.verify(session, ana, number, found.shown, "", now)
        assert rows(sessions)[0].verified_on is None

    def test_without_a_source_nothing_is_confirmed(self, sessions, line_id, now, ana):
        number = kept(sessions, line_id, entry(now, source=""), now)
        (found,) = listed(sessions, line_id, now)
        with sessions.begin() as session:
            with pytest.raises(DirectoryRefused, match="verified"):
                directory.verify(session, ana, number, found.shown, "", now)
            directory.verify(session, ana, number, found.shown, "their leaflet", now)
        assert rows(sessions)[0].source == "their leaflet"


class TestReminders:
    def reminded(self, sessions, line_id, now):
        with sessions.begin() as session:
            return directory.remind(session, line_id, now)

    def calls(self, sessions):
        with sessions() as session:
            return session.scalars(select(NoticeCall).order_by(NoticeCall.id)).all()

    def test_who_may_confirm_is_told_once_a_week_at_most(self, sessions, line_id, now, ana):
        with sessions.begin() as session:
            staff.add(
                session,
                line_id=line_id,
                login="sam",
                display_name="Sam",
                role="caseworker",
                language="en",
            )
        kept(sessions, line_id, confirmed(now, 91), now)
        told = [self.reminded(sessions, line_id, now + timedelta(days=day)) for day in range(15)]
        assert [day for day, done in enumerate(told) if done] == [0, 7, 14]
        calls = self.calls(sessions)
        assert [(call.what, list(call.staff_ids)) for call in calls] == 3 * [
            ("directory.stale", [ana.id])
        ]

    def test_nobody_is_told_while_everything_is_confirmed(self, sessions, line_id, now, ana):
        kept(sessions, line_id, confirmed(now, 3), now)
        assert not self.reminded(sessions, line_id, now)
        assert self.calls(sessions) == []
        # Told before it runs out, not only after.
        assert self.reminded(sessions, line_id, now + timedelta(days=80))


class TestFinding:
    @pytest.fixture(autouse=True)
    def some(self, sessions, line_id, now):
        for made in (
            confirmed(now, code="s-a", name="Shelter A"),
            confirmed(now, code="s-b", name="Law B", kind="legal", country="FR", languages="fr"),
            confirmed(now, code="s-c", name="Line C", kind="crisis_line", country="", hours="24/7"),
            entry(now, code="s-d", name="Aa new one"),
        ):
            kept(sessions, line_id, made, now)

    def names(self, *args, **wanted):
        return "".join(each.entry.code[-1] for each in listed(*args, **wanted))

    def test_what_may_be_sent_comes_first(self, sessions, line_id, now):
        assert self.names(sessions, line_id, now) == "bcad"

    def test_by_country_kind_language_and_words(self, sessions, line_id, now):
        assert self.names(sessions, line_id, now, country="FR") == "bc"
        assert self.names(sessions, line_id, now, kind="shelter") == "ad"
        assert self.names(sessions, line_id, now, language="ar") == "cad"
        assert self.names(sessions, line_id, now, words="gene law") == "b"
        assert self.names(sessions, line_id, now, words="100%") == ""

    def test_by_whether_somebody_is_there_now(self, sessions, line_id, now):
        assert now.weekday() == 0
        night = now.replace(hour=23)
        assert self.names(sessions, line_id, night, open_at=night) == "c"
        assert self.names(sessions, line_id, now, open_at=now) == "bcad"


class TestTheMessage:
    def test_it_is_the_catalogs_sentences_and_the_entry(self, now):
        assert referral.message(entry(now), "en") == (
            "This may help you: Safe House, Geneva\n"
            "A safe place to sleep.\n"
            "Phone: +1 202 555 0101\n"
            "Web: https://example.org/shelter\n"
            "Open: Mon-Fri 09:00-17:00 (local time there)\n"
            "It is free."
        )

    def test_in_english_it_stays_in_the_sms_alphabet(self, now):
        assert count_segments(referral.message(entry(now), "en")).encoding == "GSM-7"

    def test_without_words_in_a_language_it_says_what_every_language_can(self, now):
        told = referral.message(entry(now), "es")
        assert "A safe place" not in told
        assert "+1 202 555 0101" in told

    def test_in_arabic_a_number_is_not_read_from_its_end(self, now):
        told = referral.message(entry(now), "ar")
        assert "\u200e+1 202 555 0101\u200e" in told
        assert "\u200e" not in referral.message(entry(now), "en")

    @pytest.mark.parametrize("language", languages("contact"))
    def test_it_is_within_segments_in_every_language(self, now, language):
        size = count_segments(referral.message(entry(now), language))
        assert size.segments <= referral.MOST_SEGMENTS


class TestSending:
    @pytest.fixture
    def case_id(self, person, caseworker, sessions, vault):
        person.calls_a_person()
        with sessions.begin() as session:
            number = session.scalar(select(Case.id))
            cases.take(session, vault, number, caseworker.member, person.now)
        person.hears()
        return number

    def sends(self, sessions, vault, caseworker, case_id, number, now, shown=None):
        with sessions.begin() as session:
            found = directory.get(session, caseworker.line_id, number, now)
            referral.send(
                session, vault, case_id, caseworker.member, number, shown or found.shown, now
            )

    def test_the_contact_reads_what_was_shown_and_it_is_on_record(
        self, sessions, vault, line_id, caseworker, case_id, person
    ):
        number = kept(sessions, line_id, confirmed(person.now), person.now)
        self.sends(sessions, vault, caseworker, case_id, number, person.now)
        told = referral.message(confirmed(person.now), "en")
        assert person.hears() == [told]
        assert ("staff", told) in caseworker.reads(case_id)["messages"]
        with sessions() as session:
            row = session.scalars(select(Audit).where(Audit.act == "case.service_sent")).one()
        assert (row.case_id, row.about) == (case_id, {"service": number})

    @pytest.mark.parametrize("days_ago", [None, 91, 5000])
    def test_unconfirmed_or_stale_it_is_sent_to_nobody(
        self, sessions, vault, line_id, caseworker, case_id, person, days_ago
    ):
        now = person.now
        made = entry(now) if days_ago is None else confirmed(now, days_ago)
        number = kept(sessions, line_id, made, now)
        why = "service_unverified" if days_ago is None else "service_stale"
        with pytest.raises(CaseRefused, match=why):
            self.sends(sessions, vault, caseworker, case_id, number, now)
        assert person.hears() == []

    def test_confirmed_by_a_file_that_changes_its_number_it_is_not_sent_either(
        self, sessions, vault, line_id, caseworker, case_id, person
    ):
        number = kept(sessions, line_id, confirmed(person.now, 3), person.now)
        with sessions.begin() as session:
            data = directoryfile.write(session, line_id, person.now)
            data = data.replace("555 0101", "555 0199").encode()
            report = directoryfile.take_in(session, line_id, data, person.now, by=None)
        assert (report.changed, report.waiting) == (1, 1)
        with pytest.raises(CaseRefused, match="service_unverified"):
            self.sends(sessions, vault, caseworker, case_id, number, person.now)

    def test_what_has_changed_since_it_was_shown_is_not_sent(
        self, sessions, vault, line_id, caseworker, case_id, person
    ):
        number = kept(sessions, line_id, confirmed(person.now), person.now)
        with pytest.raises(CaseRefused, match="changed"):
            self.sends(sessions, vault, caseworker, case_id, number, person.now, shown="0" * 32)

    def test_under_cover_nothing_is_sent(
        self, sessions, vault, line_id, caseworker, case_id, person
    ):
        number = kept(sessions, line_id, confirmed(person.now), person.now)
        person.says_word("safe_word")
        person.hears()
        with pytest.raises(CaseRefused, match="covered"):
            self.sends(sessions, vault, caseworker, case_id, number, person.now)
        assert person.hears() == []
        with sessions() as session:
            sent = select(Audit).where(Audit.act == "case.service_sent")
            assert session.scalars(sent).all() == []

    def test_another_lines_service_is_not_there(
        self, sessions, vault, line_id, caseworker, case_id, person
    ):
        number = kept(sessions, line_id, confirmed(person.now), person.now)
        with sessions.begin() as session:
            session.execute(
                text(
                    "INSERT INTO lines (slug, name, languages, time_zone, demonstration)"
                    " VALUES ('other', 'Other', '{en}', 'UTC', false)"
                )
            )
            session.execute(text("UPDATE services SET line_id = (SELECT max(id) FROM lines)"))
        with sessions.begin() as session, pytest.raises(CaseRefused, match="unknown"):
            referral.send(session, vault, case_id, caseworker.member, number, "", person.now)


class TestFiles:
    def writes(self, sessions, line_id, now):
        with sessions() as session:
            return directoryfile.write(session, line_id, now)

    def takes_in(self, sessions, line_id, data, now):
        data = data.encode() if isinstance(data, str) else data
        with sessions.begin() as session:
            return directoryfile.take_in(session, line_id, data, now, by=None)

    def test_out_and_in_again_nothing_is_lost(self, sessions, line_id, now):
        made = [
            confirmed(now, 3, code="one", name='Quotes "and", commas; and\ttabs'),
            entry(now, code="two", name="=SUM(A1)", note="'-quoted", place="@home"),
            confirmed(now, 80, code="three", text_fr="Un lieu sûr.", email="a@example.org"),
        ]
        for each in made:
            kept(sessions, line_id, each, now)
        written = self.writes(sessions, line_id, now)
        assert self.takes_in(sessions, line_id, written, now).unchanged == 3
        with sessions.begin() as session:
            session.execute(delete(Service))
        assert self.takes_in(sessions, line_id, written, now).new == 3
        found = {row.code: directory.entry_of(row) for row in rows(sessions)}
        assert found == {each.code: each for each in made}
        assert self.writes(sessions, line_id, now) == written

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        names=st.lists(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), min_size=1, max_size=4
        )
    )
    def test_whatever_stands_in_a_cell_comes_back_as_it_was(self, sessions, line_id, now, names):
        with sessions.begin() as session:
            session.execute(delete(Service))
        made = []
        for n, name in enumerate(names):
            try:
                each = entry(now, code=f"s-{n}", name=name, note=name, area=name, text_en=name)
            except EntryUnusable:
                continue
            made.append(each)
            kept(sessions, line_id, each, now)
        written = self.writes(sessions, line_id, now)
        with sessions.begin() as session:
            session.execute(delete(Service))
        if made:
            self.takes_in(sessions, line_id, written, now)
        assert [directory.entry_of(row) for row in rows(sessions)] == made

    def test_no_cell_is_taken_for_a_formula(self, sessions, line_id, now):
        kept(sessions, line_id, entry(now, name="=HYPERLINK(1)", note="-1+2", place="@x"), now)
        cells = self.writes(sessions, line_id, now).splitlines()[1].split(",")
        assert [c for c in cells if c.lstrip('"')[:1] in tuple("=+-@")] == []

    def test_every_bad_row_is_named_and_nothing_is_changed(self, sessions, line_id, now):
        kept(sessions, line_id, confirmed(now), now)
        before = rows(sessions)[0].changed_at
        lines = [
            "code,name,kind,serves,phone,country,verified_on,verified_by,source",
            "good,Good,legal,anybody,+1 202 555 0101,CH,,,",
            "bad,,legal,anybody,+1 202 555 0101,CH,,,",
            "",
            "worse,Worse,legal,anybody,+1 202 555 0101,Switzerland,,,",
            "good,Again,legal,anybody,+1 202 555 0101,CH,,,",
            "wide,Wide,legal,anybody,+1 202 555 0101,CH,,,,extra",
            "safe-house,Changed,legal,anybody,+1 202 555 0101,CH,,,",
        ]
        with pytest.raises(RowsRefused) as refused:
            self.takes_in(sessions, line_id, "\n".join(lines), now + timedelta(hours=1))
        assert list(refused.value.rows) == [
            (3, "entry.name"),
            (5, "entry.country"),
            (6, "entry.code_twice"),
            (7, "entry.cells"),
        ]
        assert [(row.code, row.changed_at) for row in rows(sessions)] == [("safe-house", before)]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "file_empty"),
            (b"\xff\xfe\x00", "file_unreadable"),
            (b"code,name,kind,serves\n\x00", "file_unreadable"),
            (b'code,name,kind,serves\n"open', "file_unreadable"),
            (b"code,name\nx,y", "file_columns"),
            (b"code,name,kind,serves,code\n", "file_column_twice"),
            (b"code,name,kind,serves,fone\n", "file_unknown"),
            (b"x" * (directoryfile.MOST_BYTES + 1), "file_large"),
        ],
    )
    def test_what_is_no_such_file_is_refused_with_one_line(
        self, sessions, line_id, now, data, reason
    ):
        with pytest.raises(FileRefused) as refused:
            self.takes_in(sessions, line_id, data, now)
        assert refused.value.reason == f"directory.{reason}"

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.binary(max_size=400))
    def test_any_bytes_are_taken_in_or_refused(self, sessions, line_id, now, data):
        try:
            self.takes_in(sessions, line_id, HEADER.encode() + b"\n" + data, now)
        except (FileRefused, RowsRefused):
            return

    def test_it_may_be_a_spreadsheets_with_semicolons(self, sessions, line_id, now):
        data = "\ufeffCode;Name;Kind;Serves;Phone\r\nx1;One;legal;anybody;'+1 202 555 0101\r\n"
        assert self.takes_in(sessions, line_id, data, now).new == 1
        assert rows(sessions)[0].reach_phone == "+1 202 555 0101"

    def test_the_example_is_marked_unconfirmed_and_nobodys(self, sessions, line_id, now):
        report = self.takes_in(sessions, line_id, directoryfile.EXAMPLE.read_bytes(), now)
        assert report.new == report.waiting == 3
        for row in rows(sessions):
            assert row.name.startswith("EXAMPLE")
            assert row.verified_on is None
            assert row.reach_phone.startswith("+1 202 555 01")
            assert row.reach_web in (
                "",
                *(f"https://example.org/{x}" for x in ("shelter", "legal")),
            )

    def test_a_row_may_bring_its_confirmation_but_not_one_from_tomorrow(
        self, sessions, line_id, now
    ):
        head = "code,name,kind,serves,phone,source,verified_on,verified_by\n"
        row = "x1,One,legal,anybody,112,leaflet,{},Ana\n"
        assert self.takes_in(sessions, line_id, head + row.format(now.date()), now).waiting == 0
        later = row.format(now.date() + timedelta(days=9))
        with pytest.raises(RowsRefused):
            self.takes_in(sessions, line_id, head + later, now)
