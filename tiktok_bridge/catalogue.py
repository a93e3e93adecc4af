"""Explain TikTok's codes: what each means, is not, who acts, and whether to retry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["api", "fail", "upload", "oauth", "authorize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known about one code.

    Attributes:
        meaning: What it says.
        is_not: What it is wrongly taken for.
        who_acts: developer, creator, operator, tiktok or wait.
        retry: `never`; `yes`, backing off; `later`, after `wait_seconds`;
            `after_change`, once somebody changed something; `once`, after one refresh.
        remedy: What to do next.
        docs: The documentation page.
        spellings: Other names of the same code.
        http: Statuses that were documented or recorded.
        wait_seconds: How long until another try makes sense, or None.
        err_code: The number that the authorize page shows beside it.
    """

    meaning: str
    is_not: str
    who_acts: str
    retry: str
    remedy: str
    docs: str
    spellings: tuple[str, ...] = ()
    http: tuple[int, ...] = ()
    wait_seconds: int | None = None
    err_code: int | None = None

    @property
    def explanation(self) -> str:
        """What it means and what it does not, as two sentences or more."""
        return f"{self.meaning} It is n{self.is_not.removeprefix('N')}"


def find(kind: str, code: str) -> Entry | None:
    """Return the entry of *code*, by any of its spellings, or None."""
    return entries(kind).get(code)


@cache
def entries(kind: str) -> dict[str, Entry]:
    """Return every entry of *kind*, under each of its spellings."""
    found: dict[str, Entry] = {}
    for code, data in _data()[kind].items():
        fields = dict(data)
        spellings = tuple(fields.pop("spellings", ()))
        http = tuple(fields.pop("http", ()))
        entry = Entry(**fields, spellings=spellings, http=http)
        found |= dict.fromkeys((code, *entry.spellings), entry)
    return found


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(
        (files("tiktok_bridge") / "catalogue.toml").read_text(encoding="utf-8")
    )
