"""Decide from an error whether, and when, the same thing is worth another try; pure.

The rules of each code are data: `catalogue.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import catalogue
from tiktok_bridge.errors import BridgeError, RefusedError
from tiktok_bridge.models import Failure

if TYPE_CHECKING:
    from random import Random

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds between tries: doubled each time, never longer than this."""

LONGEST_WISH: Final = 3600.0
"""Longest `Retry-After` that is obeyed, in seconds."""

AGAIN: Final = ("yes", "later")
"""Rules of the catalogue under which the same thing is worth another try as it is."""

PASSING: Final = (429, *range(500, 600))
"""Statuses that pass by themselves, where the code says nothing or is not known."""


def pause(tries: int, random: Random) -> float:
    """Return the seconds before try number *tries* + 1, with full jitter."""
    most = min(FIRST_PAUSE * 2.0 ** min(tries, 10), LONGEST_PAUSE)
    return max(random.uniform(0, most), 0.1)


def wait(error: BridgeError, tries: int, random: Random) -> float | None:
    """Return the seconds until another try makes sense; None when none does."""
    asked = getattr(error, "retry_after", None)
    if isinstance(error, RefusedError):
        entry = catalogue.find(error.kind, error.code) if error.code else None
        if entry is None:  # only the status is left to judge by
            retryable = error.http_status in PASSING
        else:
            retryable = entry.retry in AGAIN
            if entry.wait_seconds and asked is None:
                return float(entry.wait_seconds)
    else:
        retryable = error.retryable
    if not retryable:
        return None
    return pause(tries, random) if asked is None else min(asked, LONGEST_WISH)


def answered(error: BridgeError | None) -> dict[str, Any] | None:
    """Return what TikTok answered, as the history keeps it; None if it did not."""
    status = getattr(error, "http_status", None)
    if status is None:
        return None
    return {"http_status": status, "code": getattr(error, "code", "")}


def shown(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return what TikTok is asked as the history keeps it.

    Addresses lose their query, which may be a secret.
    """
    if isinstance(value, dict):
        return {key: shown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shown(one) for one in value]
    is_address = isinstance(value, str) and value.lower().startswith("https://")
    return value.partition("?")[0] if is_address else value


def failure(error: BridgeError) -> Failure:
    """Keep *error* for the person who has to act on it."""
    code = getattr(error, "code", "")
    kind = getattr(error, "kind", None)
    entry = catalogue.find(kind, code) if kind else None
    return Failure(
        code=code,
        message=error.message,
        hint=error.hint,
        who_acts=entry.who_acts if entry else None,
        log_id=getattr(error, "log_id", None),
        http_status=getattr(error, "http_status", None),
    )


def failed(reason: str, log_id: str | None) -> Failure:
    """Explain the fail reason of a status answer."""
    entry = catalogue.find("fail", reason)
    return Failure(
        code=reason,
        message=f"TikTok failed the post with {reason or 'no reason'}"
        + (f". {entry.explanation}" if entry else ""),
        hint=entry.remedy if entry else "keep the log id and ask TikTok's support",
        who_acts=entry.who_acts if entry else None,
        log_id=log_id,
    )
