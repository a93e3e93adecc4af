"""Explain TikTok's codes: what each means, is not, who acts, and whether to retry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from tiktok_bridge.errors import ConfigError

Kind = Literal["api", "status", "fail", "upload", "oauth", "authorize", "removed"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

WHERE: Final[dict[Kind, str]] = {
    "api": "error.code of an API answer",
    "status": "status of a post, in the answer of status/fetch",
    "fail": "fail_reason of a post, or reason of the webhook post.publish.failed",
    "upload": "HTTP status of a PUT to the upload URL",
    "oauth": "error of the OAuth endpoints, or of the redirect back from login",
    "authorize": "error_type or errCode of a login page that could not be opened",
    "removed": "reason of the webhook authorization.removed",
}
"""Where the codes of each kind occur."""

RETRY: Final = {
    "never": "no; this request, or this post, is finished",
    "after_change": "only once the settings, the consent, the account or the app"
    " have changed",
    "later": "yes, the same again once the time has passed",
    "once": "once, with a refreshed token",
    "yes": "yes, with growing pauses and an end",
}
"""What each retry rule means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known about one code.

    Attributes:
        kind: Which kind of code it is; `where` says it in words.
        code: Its first spelling; empty for an answer without a code.
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

    kind: Kind
    code: str
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

    @property
    def where(self) -> str:
        """Where TikTok says it."""
        return WHERE[self.kind]

    @property
    def retry_advice(self) -> str:
        """Whether a retry helps, and when, in words."""
        seconds = f"; wait {self.wait_seconds:,} seconds" if self.wait_seconds else ""
        return RETRY[self.retry] + seconds


def explain(
    code: str | None = None, kind: Kind | None = None
) -> tuple[Explanation, ...]:
    """Return what is known about *code*, which may stand for several things.

    Args:
        code: Any spelling of it, in any case; None for every code that is known.
        kind: Only this kind.

    Returns:
        One explanation for each kind that has such a code; none if nobody knows it.

    Raises:
        ConfigError: *kind* is none of `KINDS`.
    """
    if kind is not None and kind not in KINDS:
        raise ConfigError(
            f"{kind!r} is no kind of code", hint=f"use one of {', '.join(KINDS)}"
        )
    kinds = KINDS if kind is None else (kind,)
    if code is None:
        return tuple(one for kind in kinds for one in dict.fromkeys(_all(kind)))
    found = (find(kind, code) or _folded(kind).get(code.casefold()) for kind in kinds)
    return tuple(one for one in found if one)


def find(kind: str, code: str) -> Explanation | None:
    """Return the entry of *code*, by any of its spellings, or None.

    A number that is not listed falls to its hundred: 599 to `5xx`.
    """
    known = entries(kind)
    is_status = len(code) == len("5xx") and code.isascii() and code.isdigit()
    return known.get(code) or (known.get(f"{code[0]}xx") if is_status else None)


@cache
def entries(kind: str) -> dict[str, Explanation]:
    """Return every entry of *kind*, under each of its spellings."""
    found: dict[str, Explanation] = {}
    for code, data in _data()[kind].items():
        lists = {name: tuple(data.get(name, ())) for name in ("spellings", "http")}
        entry = Explanation(**{"kind": kind, "code": code, **data, **lists})
        found |= dict.fromkeys((code, *entry.spellings), entry)
    return found


def _all(kind: Kind) -> tuple[Explanation, ...]:
    return tuple(entries(kind).values())


@cache
def _folded(kind: Kind) -> dict[str, Explanation]:
    return {code.casefold(): entry for code, entry in entries(kind).items()}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(
        (files("tiktok_bridge") / "catalogue.toml").read_text(encoding="utf-8")
    )
