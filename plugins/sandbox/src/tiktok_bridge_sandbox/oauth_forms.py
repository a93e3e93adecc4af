"""The forms of the OAuth endpoints, and the app that sends them."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from tiktok_bridge_sandbox.conformity import MALFORMED, check_form
from tiktok_bridge_sandbox.errors import InvalidClientError, OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.calls import Call

FORM: Final = "application/x-www-form-urlencoded"


async def read(call: Call) -> dict[str, str]:
    """Return the form of a request; JSON is not accepted.

    Raises:
        OAuthError: It is no form, or breaks the schema of its endpoint.
    """
    kind = call.request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != FORM:
        raise OAuthError(MALFORMED)
    form = dict(parse_qsl((await call.request.body()).decode(errors="replace")))
    check_form(call.endpoint, form)
    return form


def find_app(call: Call, form: Mapping[str, str]) -> App:
    """Return the app that a key belongs to.

    Raises:
        InvalidClientError: There is none.
    """
    for app in call.backend.apps.values():
        if app.client_key == form.get("client_key"):
            return app
    raise InvalidClientError("Client key or secret is incorrect.")


def authenticate(call: Call, form: Mapping[str, str]) -> App:
    """Return the app behind a pair; a sandbox's key needs the sandbox's secret.

    Raises:
        InvalidClientError: The pair is wrong.
    """
    app = find_app(call, form)
    given, right = form["client_secret"].encode(), app.client_secret.encode()
    if not hmac.compare_digest(given, right):
        raise InvalidClientError("Client key or secret is incorrect.")
    return app
