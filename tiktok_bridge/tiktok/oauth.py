"""Refresh a token, and read the token responses that TikTok gives.

Source: developers.tiktok.com/doc/oauth-user-access-token-management.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from tiktok_bridge.errors import BadAnswerError, TokenError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok import envelope

if TYPE_CHECKING:
    from tiktok_bridge.config.settings import AppSettings
    from tiktok_bridge.tiktok.wire import Wire

TOKEN: Final = "/v2/oauth/token/"  # noqa: S105 - a path; TikTok needs the last slash

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
    """

    access_token: Secret
    refresh_token: Secret | None
    open_id: str | None
    scopes: tuple[str, ...]
    expires_at: float
    refresh_expires_at: float | None
    renewal_began_at: float | None = None


def refresh(
    wire: Wire, base_url: str, app: AppSettings, token: Token, now: float
) -> Token:
    """Exchange the refresh token; from here on the old one is dead.

    Raises:
        RefusedError: TikTok refused it (`invalid_grant`: expired, revoked or used).
        NetworkError: No answer came; the refresh token may have been used up.
    """
    if token.refresh_token is None:
        raise TokenError("the token has ended and has no refresh token")
    form = {
        "client_key": app.client_key,
        "client_secret": app.client_secret.reveal(),
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token.reveal(),
    }
    reply = wire.send(
        "POST",
        base_url + TOKEN,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode(),
    )
    hide = (app.client_secret, token.refresh_token, token.access_token)
    answer = envelope.read(reply, TOKEN, "oauth", hide=hide)
    try:
        return from_response(answer.data, now, before=token)
    except ValueError as error:
        raise BadAnswerError(
            f"{TOKEN}: {error}", http_status=reply.status, log_id=answer.log_id
        ) from None


def from_response(
    data: dict[str, Any], now: float, before: Token | None = None
) -> Token:
    """Read a token response, flat or in the old `data` wrapper.

    What it leaves out is kept from *before*.

    Raises:
        ValueError: It holds no access token or no `expires_in`.
    """
    flat = data["data"] if isinstance(data.get("data"), dict) else data
    access, renewed = _secret(flat, "access_token"), _secret(flat, "refresh_token")
    if access is None:
        raise ValueError("there is no `access_token`")
    life = _seconds(flat, "expires_in")
    if life is None and before is None:
        raise ValueError("there is no `expires_in` in seconds")
    lasts, scope = _seconds(flat, "refresh_expires_in"), flat.get("scope")
    return Token(
        access_token=access,
        refresh_token=renewed or (before.refresh_token if before else None),
        open_id=flat.get("open_id") or (before.open_id if before else None),
        scopes=tuple(s for s in scope.replace(" ", ",").split(",") if s)
        if isinstance(scope, str)
        else (before.scopes if before else ()),
        expires_at=now + (SHORTEST_LIFE if life is None else life),
        refresh_expires_at=now + lasts
        if lasts is not None
        else (before.refresh_expires_at if before else None),
    )


def _secret(flat: dict[str, Any], name: str) -> Secret | None:
    value = flat.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\s*[!-~]+\s*", value):
        raise ValueError(f"`{name}` is no token: it holds signs that no header can")
    return Secret(value.strip())


def _seconds(flat: dict[str, Any], name: str) -> int | None:
    value = flat.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return min(max(value, 0), LONGEST_LIFE)


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
