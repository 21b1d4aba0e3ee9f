"""Deletes everything that is stored of the people of one Zoom account, and ends their grants at Zoom.

The account of a person is the one in their grant. All keys of a person have the person's tag, so one SCAN finds the
records of every kind, also of a kind that no list names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import redis

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import kind_of
from zoomapp.store.encryption import KeyRing
from zoomapp.store.redis_client import PAGE, store_errors
from zoomapp.tokens.grants import MAX_FAILURES_IN_A_ROW, all_grants
from zoomapp.tokens.refresh import Revocation
from zoomapp.tokens.service import TokenService


@dataclass
class DeletionResult:
    """How many of the people had an active grant, and how many of these grants Zoom confirmed to have ended."""

    active: int = 0
    revoked: int = 0


class AccountDeletion:
    """The people of one account, as found at the start. Every method raises StoreUnavailable.

    ``people``: by user id, whether the grant is active. ``unreadable`` and ``without_account``: how many other grants
    may belong to the account, because no key decrypts them, or because Zoom did not name their account.
    """

    def __init__(self, client: redis.Redis, ring: KeyRing, tokens: TokenService, account_id: str) -> None:
        self._redis = client
        self._tokens = tokens
        self.people: dict[str, bool] = {}
        self.unreadable = self.without_account = 0
        for grant in all_grants(client, ring):
            if grant.tokens is None:
                self.unreadable += 1
            elif not grant.tokens.account_id:
                self.without_account += 1
            elif grant.tokens.account_id == account_id:
                self.people[grant.tokens.user_id] = not grant.tokens.ended
        #: Also that of the account itself, whose own access token is stored under it.
        self._tags = {key_names.tag(owner) for owner in (account_id, *self.people)}

    def count(self) -> Counter[str]:
        """How many records there are, by kind. Redis may return a key twice while it grows or shrinks."""
        kinds = (kind_of(key) for key in self._keys(self._tags))
        return Counter(kind.name if kind else "other" for kind in kinds)

    def run(self, on_progress: Callable[[int], object] = lambda count: None) -> DeletionResult:
        """Delete all; ``on_progress`` is called with 1 after each person.

        Zoom is asked to end each active grant, until it has failed several times in a row. The records are deleted
        all the same. If that breaks off, no later run finds the people who are deleted, so their other records go now.
        """
        result, failures_in_a_row = DeletionResult(), 0
        deleted_tags = self._tags - {key_names.tag(user_id) for user_id in self.people}
        try:
            for user_id, active in self.people.items():
                result.active += active
                if not active or failures_in_a_row == MAX_FAILURES_IN_A_ROW:
                    self._tokens.delete(user_id)
                else:
                    revocation = self._tokens.revoke(user_id)
                    result.revoked += revocation is Revocation.CONFIRMED
                    # A refusal, such as of a grant that is gone already, says nothing about the next grant.
                    failures_in_a_row = failures_in_a_row + 1 if revocation is Revocation.FAILED else 0
                deleted_tags.add(key_names.tag(user_id))
                on_progress(1)
        finally:
            self._delete_leftovers(deleted_tags)
        return result

    def _keys(self, tags: set[str]) -> Iterator[str]:
        with store_errors():
            for name in self._redis.scan_iter(f"{key_names.PREFIX}{{*}}:*", count=PAGE):
                if key_names.tag_of(key := name.decode()) in tags:
                    yield key

    def _delete_leftovers(self, tags: set[str]) -> None:
        """Delete the records with these tags, which are in no list of a person's keys or the account's own."""
        keys = self._keys(tags)
        while page := list(islice(keys, PAGE)):
            with store_errors(), self._redis.pipeline(transaction=False) as pipe:
                for key in page:
                    pipe.delete(key)
                pipe.execute()
