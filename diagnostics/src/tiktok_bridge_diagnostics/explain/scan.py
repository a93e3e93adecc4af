"""Find TikTok's codes in what a person pasted; pure.

Nothing of the input is repeated but codes that are known, words that are nearly one,
and log ids: the rest may be a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from tiktok_bridge import Explanation, explain
from tiktok_bridge_diagnostics.explain import document, line, status
from tiktok_bridge_diagnostics.explain.mention import known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge_diagnostics.explain.mention import Mention

SAYS_NOTHING: Final = "ok"
"""Code that is left out where there is another: it is in every good answer."""

AT_MOST: Final = 20
"""Words that are nearly a code, statuses and log ids: that many of each are told."""

COMPARED: Final = 100
"""Unknown words that are compared with the codes; it takes time."""

ALIKE: Final = 0.75
"""How much a word has to be like a code, from 0 to 1: a typing error, no secret."""

TIMES_ENCODED: Final = 3
"""How often an address may have been percent-encoded."""

_WORD: Final = re.compile(
    r"[a-z]{1,24}(_[a-z]{1,24}){0,9}|[A-Z]{1,24}(_[A-Z]{1,24}){0,9}"
)
_NUMBER: Final = re.compile(r"\d{1,5}")
_LOG_ID: Final = re.compile(r"[0-9A-Fa-f]{20,64}")


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a text.

    Attributes:
        found: What is known about each code, in the order of the text.
        statuses: HTTP statuses that several codes have, with those codes; only of a
            text that names no code.
        unknown: Words in the place of a code that are nearly one, with near ones.
        strange: How many other words in such places nobody knows.
        log_ids: What TikTok's support asks for.
    """

    found: tuple[Explanation, ...] = ()
    statuses: dict[str, tuple[Explanation, ...]] = field(default_factory=dict)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    strange: int = 0
    log_ids: tuple[str, ...] = ()


def scan(text: str) -> Scan:
    """Return what *text* names: one code, a kind with a code, or codes among words."""
    words = text.replace('"', " ").replace("'", " ").split()
    if exact := _exact(words):
        return exact
    found = _among(text, words)
    for _ in range(TIMES_ENCODED):
        if found.found or found.statuses or "%" not in text:
            break
        text = unquote(text)
        decoded = _among(text, text.split())
        found = decoded if decoded.found or decoded.statuses else found
    return found


def near(code: str) -> tuple[str, ...]:
    """Return codes that look like *code*, or that come with it as HTTP status."""
    if _NUMBER.fullmatch(code):
        return tuple(dict.fromkeys(one.code for one in status.meanings(code)))
    if not _WORD.fullmatch(code):
        return ()
    folded = _names()
    close = get_close_matches(code.casefold(), folded, n=3, cutoff=ALIKE)
    return tuple(folded[name] for name in close)


def _exact(words: list[str]) -> Scan | None:
    if number := status.of_upload(words):
        return _of_upload(number)
    if (number := status.of_any(words)) and (found := _of_status([number])):
        return found
    if len(words) == 1 and (codes := explain(words[0])):
        return Scan(codes)
    if len(words) == 2:  # noqa: PLR2004 - a kind and a code
        kind, code = words
        codes = tuple(one for one in explain(code) if one.kind == kind.casefold())
        return Scan(codes) if codes else None
    return None


def _of_upload(number: str) -> Scan:
    if found := explain(number, "upload"):
        return Scan(found)
    return _with_unknown(Scan(), [number])


def _of_status(numbers: Iterable[str]) -> Scan | None:
    """Return the code that comes with a status, or all that do; None without any."""
    meanings = {number: status.meanings(number) for number in dict.fromkeys(numbers)}
    telling = {
        number: codes
        for number, codes in meanings.items()
        if codes and any(one.code != SAYS_NOTHING for one in codes)
    }
    told = dict(islice(telling.items(), AT_MOST))
    alone = [codes for codes in told.values() if _is_alone(codes)]
    several = {n: codes for n, codes in told.items() if not _is_alone(codes)}
    if not told:
        return None
    return Scan(tuple(dict.fromkeys(one for codes in alone for one in codes)), several)


def _is_alone(codes: tuple[Explanation, ...]) -> bool:
    """Tell whether a status says enough; one of an upload needs that word with it."""
    return len(codes) == 1 and codes[0].kind != "upload"


def _among(text: str, words: list[str]) -> Scan:
    values, rest = document.split(text)
    mentions = [*document.mentions(values), *line.mentions(rest)]
    codes = dict.fromkeys(one for mention in mentions for one in known(mention))
    telling = tuple(one for one in codes if one.code != SAYS_NOTHING)
    statuses = [] if codes else [m.code for m in mentions if m.kind == "http"]
    of_status = _of_status(statuses)
    found = of_status or Scan(telling or tuple(codes))
    unknown = [m.code for m in mentions if _is_unknown(m)]
    if not codes and not of_status and len(words) == 1:
        unknown.append(words[0])
    ids = (m.code for m in mentions if m.kind == "log_id" and _LOG_ID.fullmatch(m.code))
    told = tuple(islice(dict.fromkeys(ids), AT_MOST))
    return _with_unknown(Scan(found.found, found.statuses, log_ids=told), unknown)


def _with_unknown(found: Scan, codes: Iterable[str]) -> Scan:
    words = dict.fromkeys(filter(_is_word, codes))
    close = {code: near(code) for code in islice(words, COMPARED)}
    told = dict(islice(((c, n) for c, n in close.items() if n), AT_MOST))
    return Scan(
        found.found, found.statuses, told, len(words) - len(told), found.log_ids
    )


def _is_unknown(mention: Mention) -> bool:
    return mention.kind not in ("log_id", "http") and not known(mention)


def _is_word(code: str) -> bool:
    return bool(_WORD.fullmatch(code) or _NUMBER.fullmatch(code))


@cache
def _names() -> dict[str, str]:
    spelt = [name for one in explain() for name in (one.code, *one.spellings)]
    return {name.casefold(): name for name in spelt if name}
