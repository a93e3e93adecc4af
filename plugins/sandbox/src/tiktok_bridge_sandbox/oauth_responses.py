"""The OAuth endpoints over HTTP: forms in, flat JSON out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from tiktok_bridge_sandbox.errors import (
    InvalidClientError,
    InvalidGrantError,
    OAuthError,
    UnsupportedGrantError,
)
from tiktok_bridge_sandbox.models import CLIENT_KEY, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call

FORM: Final = "application/x-www-form-urlencoded"

CLIENT_TOKEN_LIFE: Final = 7_200
"""Seconds a client access token lives (client access token page)."""


async def token(call: Call) -> Response:
    """Serve the grants refresh_token and client_credentials.

    No login page hands out codes, so authorization_code is refused as
    unsupported.
    """
    form = await _authenticated_form(call)
    match form.get("grant_type"):
        case "refresh_token":
            return _refresh(call, form)
        case "client_credentials":
            return call.answers.json(
                {
                    "access_token": "clt." + secrets.token_urlsafe(48),
                    "expires_in": CLIENT_TOKEN_LIFE,
                    "token_type": "Bearer",
                }
            )
        case None:
            raise OAuthError("The request parameters are malformed.")
        case _:
            raise UnsupportedGrantError("The grant type is not supported.")


def _refresh(call: Call, form: Mapping[str, str]) -> Response:
    if "refresh_token" not in form:
        raise OAuthError("The request parameters are malformed.")
    book = call.backend.tokens
    grant = book.rotate(form["refresh_token"], call.backend.now())
    return call.answers.json(book.as_response(grant))


async def revoke(call: Call) -> Response:
    """End the access of the creator behind a token; the answer is empty."""
    form = await _authenticated_form(call)
    creator = call.backend.tokens.owner(form.get("token", ""))
    if creator is None:
        raise InvalidGrantError("Access token is invalid or expired.")
    call.backend.tokens.revoke(creator)
    return call.answers.empty()


async def _authenticated_form(call: Call) -> dict[str, str]:
    kind = call.request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != FORM:
        raise OAuthError("The request parameters are malformed.")
    form = dict(parse_qsl((await call.request.body()).decode(errors="replace")))
    if "client_secret" not in form:
        raise OAuthError("Client secret is missed in request.")
    given = (form.get("client_key"), form["client_secret"])
    if given != (CLIENT_KEY, CLIENT_SECRET):
        raise InvalidClientError("Client key or secret is incorrect.")
    return form
