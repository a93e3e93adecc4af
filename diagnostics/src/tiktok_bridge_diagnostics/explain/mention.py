"""Hold one thing that a text names, and read the parameters of a login page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from tiktok_bridge import Explanation, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal[
    "api",
    "status",
    "fail",
    "upload",
    "oauth",
    "authorize",
    "removed",
    "log_id",
    "http",
]


class Mention(NamedTuple):
    """A code where its kind is said, a log id or a status; None fits every kind."""

    kind: Kind | None
    code: str


@lru_cache(maxsize=10_000)
def known(mention: Mention) -> tuple[Explanation, ...]:
    """Return what is known about the code of *mention*."""
    if mention.kind == "log_id" or mention.kind == "http":  # noqa: PLR1714 - mypy
        return ()
    return explain(mention.code, mention.kind)


def of_login(found: Mapping[str, str]) -> Iterator[Mention]:
    """Yield what tells most of `errCode`, `error_type` and `error`, in this order."""
    said = [found[name] for name in ("errCode", "error_type") if found.get(name)]
    telling = [code for code in said if explain(code, "authorize")]
    error = found.get("error")
    if telling:
        yield Mention("authorize", telling[0])
    elif error:
        is_oauth = explain(error, "oauth")
        yield Mention("oauth" if is_oauth or not said else "authorize", error)
    else:
        yield from (Mention("authorize", code) for code in said[:1])
