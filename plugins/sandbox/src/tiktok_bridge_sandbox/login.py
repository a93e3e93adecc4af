"""The login and scan pages over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from tiktok_bridge_sandbox import consent, pages, visits
from tiktok_bridge_sandbox.errors import AuthorizeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.consent import Wish
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.sandbox import Sandbox


async def authorize(call: Call) -> Response:
    """Show the login page, or the same URL with what is wrong appended."""
    url, given = str(call.request.url), call.request.query_params
    if "error_type" in given:
        return _page(pages.failure(given), call.answers.headers)
    try:
        wish = consent.read(urlsplit(url).query, call.backend)
    except AuthorizeError as error:
        return _redirect(visits.failed(url, error, call.answers.log_id))
    location = visits.skip(call.backend, url, wish)
    if location is not None:
        return _redirect(location)
    return _page(_form(call.backend, url, wish), call.answers.headers)


async def scan(request: Request, sandbox: Sandbox) -> Response:
    """Show a phone what the QR code asks for; opening the page counts as a scan."""
    backend, url = sandbox.backend, str(request.url)
    if "error_type" in request.query_params:
        return _page(pages.failure(request.query_params))
    login = visits.open_scan(backend, urlsplit(url).query)
    status = login.status(backend.codes, backend.now())
    if status == "scanned":
        return _page(_form(backend, url, login.wish))
    words = "The code is not valid any more."
    if status in ("confirmed", "utilised"):
        words = "Go on where the QR code was shown."
    return _page(pages.notice(f"QR code {status}", words))


async def decide(request: Request, sandbox: Sandbox) -> Response:
    """Take the form of either page."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.url.netloc:
        words = "The form was sent from another site."
        return _page(pages.notice("Nothing was decided", words), status=403)
    form = parse_qs((await request.body()).decode(errors="replace"))
    url, account = _here(request, form), form.get("account", [""])[0]
    scopes = form.get("scope", [])
    deny = form.get("decision") != ["allow"]
    decision = visits.Decision(account=account, scopes=scopes, deny=deny)
    backend = sandbox.backend
    try:
        return _redirect(visits.decide(backend, url, decision))
    except UsageError as error:
        wish = _wish(backend, url)
        filled = pages.Filled(account=account, scopes=scopes, problem=str(error))
        content = pages.consent(url, wish, backend.creators.values(), filled)
        return _page(content, status=400)


def _here(request: Request, form: Mapping[str, list[str]]) -> str:
    """Return the form's URL on this server, whatever host it names."""
    named = urlsplit(form.get("url", [""])[0])
    own = request.url
    return urlunsplit((own.scheme, own.netloc, named.path, named.query, ""))


def _form(backend: Backend, url: str, wish: Wish) -> str:
    first = backend.session or next(iter(backend.creators))
    filled = pages.Filled(account=first, scopes=wish.scopes)
    return pages.consent(url, wish, backend.creators.values(), filled)


def _wish(backend: Backend, url: str) -> Wish:
    """Return what the page at *url* asked for, which a moment ago it could."""
    parts = urlsplit(url)
    if parts.path == visits.AUTHORIZE:
        return consent.read(parts.query, backend)
    return visits.open_scan(backend, parts.query).wish


def _page(
    content: str, headers: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return HTMLResponse(content, status, {**pages.HEADERS, **(headers or {})})


def _redirect(location: str) -> Response:
    # 302 and not 303, which TikTok was never seen to use.
    return RedirectResponse(location, 302, {"cache-control": "no-store"})
