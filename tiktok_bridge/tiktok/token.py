"""Read the tokens that TikTok gives, and keep them as records.

Source: developers.tiktok.com/doc/oauth-user-access-token-management.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tiktok_bridge.secrets import Secret

SHORTEST_LIFE: Final = 7200
"""Seconds that a renewed token is thought to live when TikTok does not say; it is kept
all the same, because the old one is dead."""

LONGEST_LIFE: Final = 10 * 365 * 86_400
"""Longest life that is believed, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One account's token, with times in seconds since the epoch.

    Attributes:
        access_token: Sent with every call.
        refresh_token: Gives the next pair; using it ends it. None when not given.
        open_id: TikTok's id of the user for this app.
        scopes: What the creator granted; empty when it was not said.
        expires_at: When the access token ends.
        refresh_expires_at: When the refresh token ends, or None.
        renewal_began_at: When a refresh was begun whose end is not known, or None.
        log_id: Of the answer that brought it; is not stored.
    """

    access_token: Secret
    refresh_token: Secret | None
    open_id: str | None
    scopes: tuple[str, ...]
    expires_at: float
    refresh_expires_at: float | None
    renewal_began_at: float | None = None
    log_id: str | None = field(default=None, compare=False)


def from_response(
    data: dict[str, Any], now: float, before: Token | None = None
) -> Token:
    """Read a token response, flat or in the old `data` wrapper.

    With *before* it renews that token, which is dead already: so what is missing or
    malformed is kept from *before*, and only a pair that cannot be used is refused.

    Raises:
        ValueError: It holds no access token, or a field that cannot be used.
    """
    flat = data["data"] if isinstance(data.get("data"), dict) else data
    access = read_secret(flat, "access_token")
    renewed = read_secret(flat, "refresh_token")
    if access is None:
        raise ValueError("there is no `access_token`")
    new = Token(
        access_token=access,
        refresh_token=renewed,
        open_id=_typed(flat, "open_id", before),
        scopes=split_scopes(_typed(flat, "scope", before) or ""),
        expires_at=now + _life(flat, before),
        refresh_expires_at=_ends(_seconds(flat, "refresh_expires_in", before), now),
    )
    if before is None:
        return new
    return _filled(new, before, named_scopes=type(flat.get("scope")) is str)


def _filled(new: Token, before: Token, *, named_scopes: bool) -> Token:
    return replace(
        new,
        refresh_token=new.refresh_token or before.refresh_token,
        open_id=new.open_id or before.open_id,
        scopes=new.scopes if named_scopes else before.scopes,
        refresh_expires_at=before.refresh_expires_at
        if new.refresh_expires_at is None
        else new.refresh_expires_at,
    )


def _typed(flat: dict[str, Any], name: str, before: Token | None) -> str | None:
    value = flat.get(name)
    if value is None or type(value) is str:  # a number with a point is a str too
        return value
    if before is None:
        raise ValueError(f"`{name}` is not text")
    return None


def _life(flat: dict[str, Any], before: Token | None) -> int:
    life = _seconds(flat, "expires_in", before)
    if life is None and before is None:
        raise ValueError("there is no `expires_in`")
    return SHORTEST_LIFE if life is None else life


def _ends(life: int | None, now: float) -> float | None:
    return None if life is None else now + life


def is_over(token: Token, now: float) -> bool:
    """Tell whether *token* has ended and cannot be renewed."""
    renewal = token.refresh_expires_at
    is_renewable = token.refresh_token is not None and (
        renewal is None or now < renewal
    )
    return now >= token.expires_at and not is_renewable


def split_scopes(text: str) -> tuple[str, ...]:
    """Return the scopes in *text*; TikTok writes commas, others have seen spaces."""
    return tuple(scope for scope in re.split(r"[,\s]+", text) if scope)


def read_secret(flat: dict[str, Any], name: str) -> Secret | None:
    """Return the secret *name*, or None.

    Raises:
        ValueError: It holds what no header can carry.
    """
    value = flat.get(name)
    if value in (None, ""):
        return None
    if type(value) is not str or not re.fullmatch(r"\s*[!-~]+\s*", value):
        raise ValueError(f"`{name}` is no token: it holds signs that no header can")
    return Secret(value.strip())


def _seconds(flat: dict[str, Any], name: str, before: Token | None) -> int | None:
    value = flat.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, 0), LONGEST_LIFE)
    if value is not None and before is None:
        raise ValueError(f"`{name}` is no number of seconds")
    return None


def to_json(token: Token) -> bytes:
    """Write a token as the record that is sealed."""
    record = {
        "access_token": token.access_token.reveal(),
        "refresh_token": token.refresh_token and token.refresh_token.reveal(),
        "open_id": token.open_id,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "refresh_expires_at": token.refresh_expires_at,
        "renewal_began_at": token.renewal_began_at,
    }
    return json.dumps(record).encode()


def from_json(record: bytes) -> Token:
    """Read what `to_json` wrote."""
    fields = json.loads(record)
    renewal = fields["refresh_token"]
    return Token(
        **fields
        | {
            "access_token": Secret(fields["access_token"]),
            "refresh_token": Secret(renewal) if renewal else None,
            "scopes": tuple(fields["scopes"]),
        }
    )
