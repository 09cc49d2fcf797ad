"""Finding a visit by NIK or name, though neither rests here: by keyed hashes of both, the name's word by word.

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

    def by_nik(self, digits: str) -> frozenset[str]:
        """Ids of every visit of that NIK."""
        return self._found(f"nik {digits}")

    def by_name(self, name: str) -> frozenset[str]:
        """Ids of every visit whose applicant's name has all these words; none where no word is given."""
        found = [self._found(f"name {word}") for word in words_of(name)]
        return frozenset.intersection(*found) if found else frozenset()

    def _found(self, wanted: str) -> frozenset[str]:
        return frozenset(self._connection.execute(_FIND, {"wanted": self._cipher.token(wanted)}).scalars())
