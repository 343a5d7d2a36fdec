import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.body import Body
from hotline.channels import Inbound, Outgoing
from hotline.keyring import KeyRing, KeysUnusable
from hotline.vault import Unsealable, Vault, recipient_name
from tests.conftest import NOW

RING = KeyRing.new()


@given(st.text())
def test_what_is_sealed_opens_again(text):
    vault = Vault(RING)
    assert vault.open(vault.seal(text, "body"), "body") == text


def test_it_opens_for_no_other_purpose_and_no_other_key(vault):
    sealed = vault.seal("words", "body")
    with pytest.raises(Unsealable):
        vault.open(sealed, "thread")
    with pytest.raises(Unsealable):
        Vault(KeyRing.new()).open(sealed, "body")


@given(st.binary())
def test_damaged_ciphertext_is_refused_and_nothing_else(damaged):
    with pytest.raises(Unsealable):
        Vault(RING).open(damaged, "body")


@given(st.text())
def test_a_key_ring_that_is_none_gets_one_clear_line(text):
    with pytest.raises(KeysUnusable):
        KeyRing.parse(text)


def test_a_key_ring_survives_its_file_and_is_never_replaced(tmp_path):
    path = tmp_path / "keys" / "ring"
    RING.save(path)
    assert KeyRing.parse(path.read_text()) == RING
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        KeyRing.new().save(path)


def test_references_cannot_be_guessed(vault):
    assert vault.outbox_id(vault.reference(7)) == 7
    for wrong in ("7", "7.", "7." + "0" * 24, "x.y", "", "٧.abc", vault.reference(7) + "0"):
        assert vault.outbox_id(wrong) is None


def test_a_recipient_is_nobody_without_the_campaigns_key():
    assert recipient_name(1, "aa" * 32) != recipient_name(1, "bb" * 32)


def test_what_carries_words_refuses_to_show_them():
    said = [
        Inbound("sms", "tel:+12025550101", "secret", "SM1", NOW),
        Outgoing("r", "tel:+12025550101", "secret", (("yes", "secret"),)),
        Body("secret", (("yes", "secret"),)),
        KeyRing({"hash-1": b"secret"}),
    ]
    for each in said:
        assert "secret" not in repr(each)
        assert "12025550101" not in repr(each)
