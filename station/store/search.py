"""Finding a visit by NIK, name or card, though none rests here: by keyed hashes, of the name word by word.

Only whole words are found. Who has the store's key and not the records' key sees how often a word comes, never which
one it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from station.domain.applicant import Applicant
from station.store.cipher import RecordCipher
from station.store.tables import search_words

_ADD: Final = insert(search_words)
_FORGET: Final = delete(search_words).where(search_words.c.visit_id == bindparam("visit"))
_FIND: Final = select(search_words.c.visit_id).where(search_words.c.token == bindparam("wanted"))
_SOME: Final = _FIND.limit(100)
"""Enough to tell a rare word from a common one."""
_WORD: Final = re.compile(r"[^\W_]{2,}")


def words_of(name: str) -> frozenset[str]:
    """The words of a name by which it is found: upper case, without marks, of two letters or more."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return frozenset(_WORD.findall(plain.upper()))


class Search:
    """Within one unit of work."""

    def __init__(self, connection: Connection, cipher: RecordCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def note(self, visit_id: str, applicant: Applicant) -> None:
        """From now on the visit is found by this applicant, and by no other."""
        self.forget(visit_id)
        tokens = {self._cipher.token(f"nik {applicant.nik.digits}")}
        tokens |= {self._cipher.token(f"name {word}") for word in words_of(applicant.name)}
        self._connection.execute(_ADD, [{"token": token, "visit_id": visit_id} for token in sorted(tokens)])

    def forget(self, visit_id: str) -> None:
        """From now on the visit is not found. Idempotent."""
        self._connection.execute(_FORGET, {"visit": visit_id})

    def note_card(self, visit_id: str, uid: str) -> None:
        """From now on the card of this number is the visit's, beside those that it has."""
        self._connection.execute(_ADD, {"token": self._cipher.token(f"card {uid}"), "visit_id": visit_id})

    def by_card(self, uid: str) -> frozenset[str]:
        """Ids of the visits whose card has this number: none or one."""
        return self._found(f"card {uid}")

    def by_nik(self, digits: str) -> frozenset[str]:
        """Ids of every visit of that NIK."""
        return self._found(f"nik {digits}")

    def by_name(self, name: str) -> frozenset[str]:
        """Ids of every visit whose applicant's name has all these words; none where no word is given.

        The word that the fewest have is followed first: one that half of all have, as SITI, costs nothing then.
        """
        tokens = [self._cipher.token(f"name {word}") for word in words_of(name)]
        if not tokens:
            return frozenset()
        rarest = min(tokens, key=lambda token: len(self._some(token)))
        found = frozenset(self._connection.execute(_FIND, {"wanted": rarest}).scalars())
        for token in tokens:
            if token is not rarest:
                both = _FIND.where(search_words.c.visit_id.in_(found))
                found = frozenset(self._connection.execute(both, {"wanted": token}).scalars())
        return found

    def _found(self, wanted: str) -> frozenset[str]:
        return frozenset(self._connection.execute(_FIND, {"wanted": self._cipher.token(wanted)}).scalars())

    def _some(self, token: bytes) -> list[str]:
        return list(self._connection.execute(_SOME, {"wanted": token}).scalars())
