"""The QR endpoints over HTTP (login-kit-qr-code)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tiktok_bridge_sandbox import consent, oauth_forms, redirects
from tiktok_bridge_sandbox.errors import (
    InvalidScopeError,
    OAuthError,
    UnauthorizedClientError,
)
from tiktok_bridge_sandbox.qr import UNFILLED, QrLogin

if TYPE_CHECKING:
    from starlette.responses import Response

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.calls import Call


async def qr_code(call: Call) -> Response:
    """Open a QR login; the app replaces the ticket in the URL by its own."""
    form = await oauth_forms.read(call)
    app = oauth_forms.find_app(call, form)
    if not app.may_log_in:
        raise UnauthorizedClientError("The client is not allowed to log users in.")
    scopes = consent.read_scopes(form.get("scope", ""), call.backend.switches)
    if not scopes:
        raise InvalidScopeError("A scope is missing or not approved.")
    wish = consent.Wish(
        app=app,
        scopes=scopes,
        redirect_uri=_redirect_uri(app),
        state=form.get("state"),
    )
    until = call.backend.now() + call.backend.switches.qr_seconds
    login = QrLogin(wish, until)
    call.backend.qr_logins.open(login)
    query = urlencode({"client_ticket": UNFILLED, "qr": login.name})
    url = f"{call.request.base_url}_sandbox/scan?{query}"
    return call.answers.json({"scan_qrcode_url": url, "token": login.token})


def _redirect_uri(app: App) -> str:
    # A request names none, and a free port is no address to send a code to.
    fixed = [uri for uri in app.redirect_uris if "*" not in uri]
    return [*fixed, *redirects.REGISTERED["web"]][0]


async def qr_check(call: Call) -> Response:
    """Say how far a QR login is; a confirmed one brings the code."""
    form = await oauth_forms.read(call)
    app = oauth_forms.authenticate(call, form)
    login = call.backend.qr_logins.find(form.get("token", ""))
    if login is None or login.wish.app != app:
        raise OAuthError("The request parameters are malformed.")
    status = login.status(call.backend.codes, call.backend.now())
    content: dict[str, object] = {"client_ticket": login.ticket, "status": status}
    if status == "confirmed":
        content |= _confirmed(call, login)
    return call.answers.json(content)


def _confirmed(call: Call, login: QrLogin) -> dict[str, object]:
    if call.backend.switches.qr_confirmed == "redirect-uri":
        return {"redirect_uri": login.location()}
    return {"code": login.code, "state": login.wish.state or ""}
