"""How well languages are known: right, sure and wrong are told apart, and a worse detector is found out."""

import pytest

from hotline import languages
from triage.ear import sentences
from triage.evaluation.held_out import HeldOut, held_out
from triage.evaluation.metrics import Share
from triage.evaluation.tongues import LENGTHS, LIMITS, detection
from triage.evaluation.tongues_report import markdown, summary

NONE = {kind: {} for kind in ("yesno", "elsewhere", "age", "digit", "paths", "topics")}


def texts(language, *said):
    return HeldOut(language=language, alarms={"none": said}, **NONE)


SETS = (
    texts("xa", "one two three", "one", "раз два три", "123", "🙂"),
    texts("xb", "four five six", "seven eight nine ten eleven twelve", "four"),
)


def knows(**by_text):
    """A detector that knows these texts, and of all others nothing."""
    return lambda text: by_text.get(text.split()[0], {})


def measured(likely, taught=None):
    return detection(likely, 0.9, 2, SETS, taught or {})


def test_guesses_and_sure_answers_are_counted_by_language_and_letters():
    likely = knows(
        one={"xa": 0.95}, раз={"xb": 0.6, "xa": 0.3}, four={"xb": 0.91}, seven={"xa": 0.99}
    )
    xa, xb = measured(likely).tongues
    # What has no letters is no text; one word is never sure.
    assert (xa.guessed, xa.other, xa.latin) == (Share(2, 3), Share(0, 1), Share(2, 2))
    assert (xa.told, xa.true, dict(xa.mistaken)) == (Share(1, 3), Share(1, 1), {})
    assert (xb.guessed, xb.told, xb.true) == (Share(2, 3), Share(2, 3), Share(1, 2))
    assert dict(xb.mistaken) == {"xa": 1}


def test_limits_and_lengths_are_means_of_the_languages():
    found = measured(knows(one={"xa": 0.95}, four={"xb": 0.91}, seven={"xb": 0.75}))
    assert set(found.limits) == set(LIMITS)
    assert found.limits[0.95] == pytest.approx((1 / 6, 1.0))
    assert found.limits[0.7] == pytest.approx((1 / 6 + 1 / 3, 1.0))
    assert found.lengths == dict(zip(LENGTHS, (Share(2, 2), Share(3, 3), Share(1, 1)), strict=True))
    assert (found.guessed, found.told) == (1.0, pytest.approx(1 / 3))


def test_what_was_taught_does_not_measure():
    likely = knows(one={"xa": 1.0})
    assert measured(likely, {"xa": ("One, two, three!",)}).tongues[0].guessed == Share(2, 2)


def test_the_shipped_detector_keeps_its_level_in_every_language():
    limits = languages.limits()
    found = detection(languages.likely, limits.sure, limits.fewest_words, held_out(), sentences())
    # The report has the figures; these are what may not be lost unnoticed.
    assert found.guessed > 0.85
    assert found.told > 0.7
    assert found.true.value > 0.99
    assert all(one.guessed.value > 0.55 for one in found.tongues)
    report = markdown(found, limits.sure)
    assert all(f"\n| {one.language} | {one.guessed.of} |" in report for one in found.tongues)
    assert dict(summary(found))["languages, texts"].startswith(f"{len(found.tongues)}, ")
