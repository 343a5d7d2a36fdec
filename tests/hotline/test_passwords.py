"""What it costs to guess a password."""

from hotline import passwords
from tests.conftest import AS_EXPENSIVE_AS_EVER

# OWASP Password Storage Cheat Sheet, argon2id.
LEAST_KIBIBYTES, LEAST_PASSES = 19 * 1024, 2


def test_guessing_costs_what_owasp_asks_for_at_least():
    kept = AS_EXPENSIVE_AS_EVER.hash("five words nobody would guess")
    assert kept.startswith("$argon2id$")
    assert AS_EXPENSIVE_AS_EVER.memory_cost >= LEAST_KIBIBYTES
    assert AS_EXPENSIVE_AS_EVER.time_cost >= LEAST_PASSES
    assert passwords.matches("five words nobody would guess", kept)
    assert not passwords.matches("five words nobody would guess.", kept)
