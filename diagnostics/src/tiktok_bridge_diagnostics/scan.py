"""Find TikTok's codes in what a person pasted; pure.

Nothing of the input is repeated but codes that are known, words that can only be codes,
and log ids: the rest may be a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Explanation, explain
from tiktok_bridge_diagnostics import document, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge_diagnostics.mention import Mention

SAYS_NOTHING: Final = "ok"
"""Code that is left out where there is another: it is in every good answer."""

_STATUS: Final = {"http", "status", "upload", "put"}
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
        unknown: Words in the place of a code that nobody knows, with near ones.
        log_ids: What TikTok's support asks for.
    """

    found: tuple[Explanation, ...] = ()
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    log_ids: tuple[str, ...] = ()


def scan(text: str) -> Scan:
    """Return what *text* names: one code, a kind with a code, or codes among words."""
    words = text.replace('"', " ").replace("'", " ").split()
    if found := _exact(words):
        return Scan(found)
    values, rest = document.split(text)
    mentions = [*document.mentions(values), *line.mentions(rest)]
    known = [one for mention in mentions for one in _known(mention)]
    telling = [one for one in known if one.code != SAYS_NOTHING]
    unknown = [m.code for m in mentions if m.kind != "log_id" and not _known(m)]
    if not known and len(words) == 1:
        unknown.append(words[0])
    return Scan(
        tuple(dict.fromkeys(telling or known)),
        {code: near(code) for code in unknown if _is_word(code)},
        tuple(
            dict.fromkeys(
                mention.code
                for mention in mentions
                if mention.kind == "log_id" and _LOG_ID.fullmatch(mention.code)
            )
        ),
    )


def near(code: str) -> tuple[str, ...]:
    """Return codes that look like *code*, or that come with it as HTTP status."""
    every = explain()
    if code.isdigit():
        return _names(one for one in every if int(code) in one.http)
    spelt = {name: one for one in every for name in (one.code, *one.spellings)}
    folded = {name.casefold(): name for name in spelt if name}
    close = get_close_matches(code.casefold(), folded, n=3, cutoff=0.6)
    return tuple(folded[name] for name in close)


def _exact(words: list[str]) -> tuple[Explanation, ...]:
    if len(words) == 1 and (found := explain(words[0])):
        return found
    rest = [word for word in words if word.casefold() not in _STATUS]
    if len(rest) == 1 and len(words) > 1 and _NUMBER.fullmatch(rest[0]):
        return explain(rest[0], "upload")
    if len(words) == 2:  # noqa: PLR2004 - a kind and a code
        kind, code = words
        return tuple(one for one in explain(code) if one.kind == kind.casefold())
    return ()


def _known(mention: Mention) -> tuple[Explanation, ...]:
    if mention.kind == "log_id":
        return ()
    return explain(mention.code, mention.kind)


def _is_word(code: str) -> bool:
    return bool(_WORD.fullmatch(code) or _NUMBER.fullmatch(code))


def _names(entries: Iterable[Explanation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in entries))
