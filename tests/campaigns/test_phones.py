"""The fast reader of numbers against the one everybody uses: no number is read in another way."""

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat
from phonenumbers import timezone as phone_zones

from campaigns import phones
from campaigns.phones import PhoneUnusable

KINDS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.VOIP,
)
WRITTEN = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def examples(region):
    """Numbers of a region as they may be written, and numbers that are nearly such."""
    draw = random.Random(region)
    numbers = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    written = [phonenumbers.format_number(n, how) for n in numbers if n for how in WRITTEN]
    for cell in written:
        yield cell
        for _ in range(4):
            at = draw.randrange(len(cell))
            yield cell[:at] + draw.choice("0123456789 -()x") + cell[at + draw.randrange(2) :]


def upstream(cell, region):
    """What `phonenumbers` alone says: address, country and zones, or None."""
    try:
        number = phonenumbers.parse(cell, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    address = "tel:" + phonenumbers.format_number(number, PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(number)
    return address, "" if country == "001" else country, phone_zones.time_zones_for_number(number)


def ours(cell, region):
    try:
        return phones.read(cell, region)
    except PhoneUnusable:
        return None


@pytest.mark.parametrize("start", range(0, len(REGIONS), 50))
def test_numbers_of_all_regions_are_read_as_phonenumbers_reads_them(start):
    compared = 0
    for region in REGIONS[start : start + 50]:
        for cell in examples(region):
            said, expected = ours(cell, region), upstream(cell, region)
            if expected is None:
                assert said is None or said.address.startswith(phones.FICTIONAL), cell
            else:
                address, country, zones = expected
                assert said is not None, cell
                assert (said.address, said.country) == (address, country), cell
                assert set(said.zones.split()) <= set(zones), cell
                assert said.zones or not set(zones) - {"Etc/Unknown"}, cell
            compared += 1
    assert compared > 300


@given(st.from_regex(r"\+?[0-9 ()\-./]{5,18}", fullmatch=True), st.sampled_from(REGIONS))
def test_any_digits_are_read_as_phonenumbers_reads_them(cell, region):
    said, expected = ours(cell, region), upstream(cell, region)
    assert (said and said.address) == (expected and expected[0]) or (
        said is not None and said.address.startswith(phones.FICTIONAL)
    )


def test_zones_that_always_show_the_same_time_are_named_once_and_others_all():
    assert phones.read("+447911123456", "").zones == "Europe/London"
    mexico = phones.read("+525512345678", "").zones.split()
    assert mexico == sorted(mexico)
    russia = phones.read("+79161234567", "").zones.split()
    assert "Europe/Moscow" in russia
    assert "Asia/Vladivostok" in russia


def test_a_phone_does_not_show_its_number():
    assert "123456" not in repr(phones.read("+41791234567", ""))
