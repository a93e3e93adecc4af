"""Hold the data of a success, and read each field as the type that it must have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from tiktok_bridge.errors import BadAnswerError

T = TypeVar("T")

ID: Final = re.compile("[0-9]{1,20}")
"""A number of 64 bits."""


class Written(str):
    """A number with a point or an exponent, as it was written; JSON's are not exact."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success.

    A field that is absent or null is None; one of another type makes the whole
    answer none of this API. Fields that nobody knows stay in `data`.

    Attributes:
        endpoint: Path of the request.
        http_status: Status of the answer; it decides nothing.
        log_id: What TikTok's support asks for, or None.
        data: Everything that TikTok said.
    """

    endpoint: str
    http_status: int
    log_id: str | None
    data: dict[str, Any] = field(repr=False)  # may hold a secret

    def text(self, name: str) -> str | None:
        """Return the text *name*."""
        return self._one(name, str, "text")

    def needed_text(self, name: str) -> str:
        """Return the text *name*, which must be there and not be empty."""
        found = self.text(name)
        if not found:
            raise self.refuse(f"`{name}` is missing")
        return found

    def flag(self, name: str) -> bool | None:
        """Return the truth value *name*."""
        return self._one(name, bool, "true or false")

    def count(self, name: str) -> int | None:
        """Return the whole number *name*, which is never below zero."""
        found = self._one(name, int, "a whole number")
        if found is not None and found < 0:
            raise self.refuse(f"`{name}` is below zero")
        return found

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the list of texts *name*."""
        found = self._one(name, list, "a list")
        if found is None:
            return None
        if not all(type(one) is str for one in found):
            raise self.refuse(f"`{name}` holds something that is no text")
        return tuple(found)

    def id(self, name: str) -> str | None:
        """Return the int64 id *name*, which may be a number or a text."""
        found = self.data.get(name)
        return None if found in (None, "") else self._id(name, found)

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids in *name*: a list, or one that stands alone."""
        found = self.data.get(name)
        values = found if isinstance(found, list) else [found]
        ids = [self._id(name, one) for one in values if one not in (None, "")]
        return tuple(one for one in ids if one != "0")

    def parts(self, name: str) -> list[Answer]:
        """Return the objects in the list *name*, which must be there."""
        found = self._one(name, list, "a list")
        if found is None:
            raise self.refuse(f"`{name}` is missing")
        return [self._part(name, one) for one in found]

    def part(self, name: str) -> Answer:
        """Return the object *name*, which must be there."""
        return self._part(name, self.data.get(name))

    def refuse(self, what: str) -> BadAnswerError:
        """Build the error for a success of which *what* is wrong."""
        return BadAnswerError(
            f"{self.endpoint}: HTTP {self.http_status} with a success that is none:"
            f" {what}",
            http_status=self.http_status,
            log_id=self.log_id,
        )

    def _one(self, name: str, kind: type[T], said: str) -> T | None:
        found = self.data.get(name)
        if found is None:
            return None
        is_other = kind is not bool and isinstance(found, bool | Written)
        if is_other or not isinstance(found, kind):
            raise self.refuse(f"`{name}` is not {said}")
        return found

    def _id(self, name: str, found: object) -> str:
        # who wrote 7.6e18 or 7602997517160123666.0 has rounded it already
        is_whole = isinstance(found, int) and not isinstance(found, bool)
        if not (is_whole or type(found) is str) or not ID.fullmatch(str(found)):
            raise self.refuse(f"`{name}` holds something that is no id")
        return str(found)

    def _part(self, name: str, found: object) -> Answer:
        if not isinstance(found, dict):
            raise self.refuse(f"`{name}` is not an object")
        return Answer(
            endpoint=self.endpoint,
            http_status=self.http_status,
            log_id=self.log_id,
            data=found,
        )
