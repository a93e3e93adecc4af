"""The token endpoints over HTTP: forms in, flat JSON out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import events, oauth_forms, pkce
from tiktok_bridge_sandbox.errors import (
    InvalidGrantError,
    OAuthError,
    UnsupportedGrantError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call

OTHER_REDIRECT: Final = "Redirect_uri is not matched with the uri when requesting code."
"""Recorded for a redirect URI that is not the authorize URL's."""

CLIENT_TOKEN_LIFE: Final = 7_200
"""Seconds a client access token lives (client access token page)."""


async def token(call: Call) -> Response:
    """Serve the three grants (oauth-user-access-token-management)."""
    form = await oauth_forms.read(call)
    match form.get("grant_type"):
        case "authorization_code":
            return _exchange(call, form)
        case "refresh_token":
            return _refresh(call, form)
        case "client_credentials":
            return _client_token(call, form)
        case _:
            raise UnsupportedGrantError("The grant type is not supported.")


def _exchange(call: Call, form: Mapping[str, str]) -> Response:
    """Redeem a code, which is judged before the app: so it was measured."""
    backend = call.backend
    code = backend.codes.redeem(form["code"], backend.now())
    app = oauth_forms.authenticate(call, form)
    if code.client_key != app.client_key:
        raise InvalidGrantError("Authorization code is expired.")
    if code.redirect_uri != form["redirect_uri"]:
        raise OAuthError(OTHER_REDIRECT)
    pkce.check_verifier(code.challenge, form.get("code_verifier", ""))
    grant = backend.tokens.issue(
        code.creator, app.client_key, code.scopes, backend.now()
    )
    return _tokens(call, backend.tokens.as_response(grant))


def _refresh(call: Call, form: Mapping[str, str]) -> Response:
    app = oauth_forms.authenticate(call, form)
    book = call.backend.tokens
    grant = book.refresh(form["refresh_token"], app.client_key, call.backend.now())
    return _tokens(call, book.as_response(grant))


def _client_token(call: Call, form: Mapping[str, str]) -> Response:
    oauth_forms.authenticate(call, form)
    return call.answers.json(
        {
            "access_token": "clt." + secrets.token_urlsafe(48),
            "expires_in": CLIENT_TOKEN_LIFE,
            "token_type": "Bearer",
        }
    )


def _tokens(call: Call, content: Mapping[str, object]) -> Response:
    if call.backend.switches.token_shape == "flat":  # noqa: S105 - a shape
        return call.answers.json(content)
    extra = {"error_code": 0, "captcha": "", "desc_url": "", "description": ""}
    data = {**content, **extra, "log_id": call.answers.log_id}
    return call.answers.json({"data": data, "message": "success"})


async def revoke(call: Call) -> Response:
    """End the access of the creator behind a token; the answer is empty."""
    form = await oauth_forms.read(call)
    app = oauth_forms.authenticate(call, form)
    creator = call.backend.tokens.owner(form.get("token", ""), app.client_key)
    if creator is None:
        raise InvalidGrantError("Access token is invalid or expired.")
    call.backend.remove_access(creator, app.client_key, events.DEVELOPER_REVOKED)
    return call.answers.empty()
