"""Keys are made, opened, shared, lost and brought back, in browsers only."""

from math import log2

import pytest
from sqlalchemy import select

from hotline import drill, hearing
from hotline.models import CaseMessage, Escrow, TeamKey
from locales import handles
from tests.e2e.keyholder import PASSPHRASE
from tests.e2e.navigators import CasePage
from web.simulator import NUMBERS

pytestmark = pytest.mark.timeout(180)


def drill_proves(team, sessions, logins):
    """What the command line does with passphrases: the shares that browsers made give the team's key."""
    shares = {}
    with sessions() as session:
        key = session.scalars(select(TeamKey).where(TeamKey.team == team)).one()
        escrow = session.scalars(select(Escrow).where(Escrow.team_key_id == key.id)).one()
        for login in logins:
            staff_id, wrapped = drill.wrapped_key(session, key.line_id, login)
            sealed = drill.share_of(session, escrow.id, staff_id)
            shares[staff_id] = drill.open_share(sealed, drill.unwrap(wrapped, PASSPHRASE))
        return drill.is_key_of(drill.combine(shares, escrow.needed), key.public_key)


def test_who_makes_the_first_key_opens_the_cases_that_waited(joy, hire):
    sam = hire("sam", "Sam")
    sam.signs_in_for_the_first_time()
    case = sam.opens("Case")
    case.is_open(up=False)
    case.says_why_not("Make your key")
    sam.is_told("You have no key yet")
    sam.makes_a_key()
    case = CasePage(sam.page)
    case.is_open()
    case.takes_it()
    joy.sends("my brother is near")
    case.shows("my brother is near")


def test_a_second_member_is_locked_out_until_somebody_lets_them_in(joy, works):
    sam = works("sam", "Sam")
    noor = works("noor", "Noor")
    noor.waits_to_be_let_in()
    noor.is_told("Sam")
    case = noor.opens("Case")
    case.says_why_not("whose key you do not hold")
    number = noor.number_of_own_key()
    noor.page.goto("/desk")
    case = noor.opens("Case")
    sam.lets_in("Noor", number)
    # Without loading the page again.
    case.is_open()


def test_a_wrong_passphrase_opens_nothing_and_the_right_one_does(joy, works, screenshot):
    sam = works("sam", "Sam")
    case = sam.opens("Case")
    case.is_open()
    sam.locks()
    case.is_open(up=False)
    case.says_why_not("Unlock your key")
    sam.tries_to_unlock("seven quiet goats cross the bay")
    sam.is_told("This is not the passphrase.")
    case.is_open(up=False)
    screenshot(sam.page, "key-unlock")
    # As people type it: capitals matter, spaces do not.
    sam.unlocks("  seven quiet boats  cross the bay ")
    case.is_open()


def test_the_key_stays_unlocked_from_page_to_page_and_in_a_second_tab(joy, works):
    sam = works("sam", "Sam")
    sam.page.reload()
    sam.is_unlocked()
    other = sam.page.context.new_page()
    other.goto("/desk/keys")
    other.locator("#lock").wait_for(state="visible")
    other.locator("#lock").click()
    sam.is_locked()
    sam.page.reload()
    sam.is_locked()


def test_signing_out_locks_the_key(works):
    sam = works("sam", "Sam")
    before = sam.kept_in_browser()
    assert "waypost-unlocked" in before
    sam.signs_out()
    assert "waypost-unlocked" not in sam.kept_in_browser()
    sam.signs_in()
    sam.is_locked()
    sam.unlocks()


def test_two_of_three_supervisors_bring_back_a_key_for_who_started_again(
    joy, works, sessions, screenshot
):
    sam = works("sam", "Sam")
    ana, _bea, cleo = (works(n.lower(), n, "supervisor") for n in ("Ana", "Bea", "Cleo"))
    sam.makes_an_escrow(needed=2)
    sam.page.goto("/desk/keys")
    sam.sees_of_team("It was never tried")
    assert drill_proves("general", sessions, ("ana", "cleo"))
    screenshot(sam.page, "keys")
    sam.sees_before_starting_again("any 2 of these")
    sam.starts_again("another four quiet words")
    number = sam.number_of_own_key()
    sam.sees_of_team("the escrow can bring it back")
    ana.gives_a_share_to("Sam", number)
    cleo.gives_a_share_to("Sam", number)
    sam.recovers()
    sam.sees_of_team("Last tried")
    sam.page.goto("/desk")
    sam.opens("Case").is_open()


def test_who_alone_holds_a_key_is_told_what_is_lost_before_starting_again(joy, works):
    sam = works("sam", "Sam")
    sam.sees_before_starting_again("lost for good")
    sam.starts_again()
    sam.sees_of_team("Nobody can open this team’s key any more")


def test_an_answer_of_before_the_key_was_made_does_not_take_it_away(hire):
    sam, late, asked = hire("sam", "Sam"), [], []

    def answers(route):
        """The second one, of before the key was made, comes after it."""
        said = route.fetch()
        asked.append(said)
        if len(asked) == 2:
            late.append((route, said))
        else:
            route.fulfill(response=said)

    sam.signs_in_for_the_first_time()
    sam.page.route("**/desk/keys/mine", answers)
    sam.page.goto("/desk/keys")
    sam.page.wait_for_timeout(1500)
    assert len(late) == 1
    sam._fills_in(sam.page.locator("[aria-labelledby=make-title]"), PASSPHRASE)
    sam.is_unlocked()
    route, said = late[0]
    route.fulfill(response=said)
    sam.page.wait_for_timeout(1000)
    sam.is_unlocked()
    sam.has_no("locked")


def test_a_new_passphrase_opens_the_same_key(works):
    sam = works("sam", "Sam")
    number = sam.number_of_own_key()
    sam.changes_the_passphrase("another four quiet words")
    sam.locks()
    sam.tries_to_unlock(PASSPHRASE)
    sam.is_told("This is not the passphrase.")
    sam.unlocks("another four quiet words")
    assert sam.number_of_own_key() == number


def test_a_renewed_team_key_reads_new_cases_and_old_ones(joy, phones, works):
    sam, noor = works("sam", "Sam"), works("noor", "Noor")
    sam.lets_in("Noor")
    sam.renews()
    amal = phones.phone(NUMBERS[1])
    for text in ("hello", "1", "1", "0"):
        amal.writes(text)
    for somebody in (sam, noor):
        somebody.page.goto("/desk")
        somebody.sees_waiting(2)
        for number in somebody.cases():
            somebody.page.goto(number)
            CasePage(somebody.page).is_open()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_keys_fits_a_small_phone(hire, language, screenshot):
    small = {"viewport": {"width": 360, "height": 740}, "language": language}
    sam = hire("sam", "Sam", "supervisor", **small)
    sam.signs_in_for_the_first_time()
    sam.page.goto("/desk/keys")
    assert sam.widest() <= 360
    sam.makes_a_key()
    sam.page.goto("/desk/keys")
    sam.is_unlocked()
    screenshot(sam.page, f"keys-phone-{language}")
    assert sam.widest() <= 360
    sam.page.goto("/desk")
    sam.locks()
    assert sam.widest() <= 360


def test_a_long_thread_opens_whole_and_what_does_not_open_is_told(joy, works, sessions, now):
    sam = works("sam", "Sam")
    case = sam.opens("Case")
    case.takes_it()
    with sessions.begin() as session:
        for n in range(450):
            hearing.heard(session, 1, f"message {n}", now)
        wrong = session.scalars(select(CaseMessage).order_by(CaseMessage.id.desc())).all()[20]
        wrong.body_sealed = wrong.body_sealed[:-1] + bytes([wrong.body_sealed[-1] ^ 1])
    sam.page.reload()
    case = CasePage(sam.page)
    case.shows("message 449")
    said = sam.page.locator(".entry.contact .words").all_inner_texts()
    assert len(said) == 449
    case.tells_what_does_not_open(1)


def test_a_passphrase_is_suggested_from_enough_words_and_never_twice(hire, screenshot):
    sam = hire("sam", "Sam")
    sam.signs_in_for_the_first_time()
    suggested = [sam.is_suggested_a_passphrase() for _ in range(5)]
    assert len(set(suggested)) == 5
    screenshot(sam.page, "key-make")
    drawn = [words.split(" ") for words in suggested]
    listed = handles.words("en")
    assert all(set(words) <= set(listed) for words in drawn)
    assert all(len(words) * log2(len(listed)) >= 50 for words in drawn)
    sam.makes_a_key(suggested[-1])
    sam.locks()
    sam.unlocks(suggested[-1])
