"""Encrypted records decrypt for their owner and kind, with any key of the ring, and for no other owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.store.encryption import CannotDecrypt, KeyRing

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@given(st.binary(max_size=5000), st.text(max_size=20), st.text(max_size=20))
def test_encrypted_record_decrypts_to_its_plaintext(plain, kind, owner):
    ring = KeyRing((NEW,))

    assert ring.decrypt(kind, owner, ring.encrypt(kind, owner, plain)) == plain


def test_record_of_another_user_does_not_decrypt():
    ring = KeyRing((NEW,))

    with pytest.raises(CannotDecrypt):
        ring.decrypt("tokens", "bob", ring.encrypt("tokens", "alice", b"secret"))


def test_record_of_another_kind_does_not_decrypt():
    ring = KeyRing((NEW,))

    with pytest.raises(CannotDecrypt):
        ring.decrypt("session", "alice", ring.encrypt("tokens", "alice", b"secret"))


@pytest.mark.parametrize(("kind", "owner"), [("tokens", "bob"), ("session", "alice")])
def test_cached_plaintext_is_not_given_for_another_owner_or_kind(kind, owner):
    ring = KeyRing((NEW,))
    encrypted = ring.encrypt("tokens", "alice", b"secret")
    assert ring.decrypt("tokens", "alice", encrypted) == b"secret"

    with pytest.raises(CannotDecrypt):
        ring.decrypt(kind, owner, encrypted)
    with pytest.raises(CannotDecrypt):
        ring.decrypt("tokens", "alice", encrypted[:-1] + bytes([encrypted[-1] ^ 1]))


def test_kind_and_owner_are_delimited_in_the_associated_data():
    ring = KeyRing((NEW,))

    with pytest.raises(CannotDecrypt):
        ring.decrypt("tok", "ens\0alice", ring.encrypt("tok\0ens", "alice", b"secret"))


def test_old_key_decrypts_and_newest_key_encrypts():
    encrypted = KeyRing((OLD,)).encrypt("tokens", "alice", b"secret")
    ring = KeyRing((NEW, OLD))

    assert ring.decrypt("tokens", "alice", encrypted) == b"secret"
    assert not ring.is_newest(encrypted)
    assert ring.is_newest(ring.encrypt("tokens", "alice", b"secret"))


def test_record_of_a_removed_key_does_not_decrypt():
    encrypted = KeyRing((OLD,)).encrypt("tokens", "alice", b"secret")

    with pytest.raises(CannotDecrypt):
        KeyRing((NEW,)).decrypt("tokens", "alice", encrypted)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_record_with_one_changed_byte_does_not_decrypt(place, by):
    ring = KeyRing((NEW,))
    encrypted = bytearray(ring.encrypt("tokens", "alice", b"secret"))
    encrypted[place % len(encrypted)] ^= by

    with pytest.raises(CannotDecrypt):
        ring.decrypt("tokens", "alice", bytes(encrypted))


@given(st.binary(max_size=80))
def test_arbitrary_bytes_do_not_decrypt(raw):
    with pytest.raises(CannotDecrypt):
        KeyRing((NEW,)).decrypt("tokens", "alice", raw)


def test_same_plaintext_is_encrypted_differently_each_time():
    ring = KeyRing((NEW,))

    assert ring.encrypt("tokens", "alice", b"x") != ring.encrypt("tokens", "alice", b"x")
