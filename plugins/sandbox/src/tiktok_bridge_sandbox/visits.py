"""A person at the login page or the scan page, with a browser or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tiktok_bridge_sandbox import consent, redirects
from tiktok_bridge_sandbox.answers import new_log_id
from tiktok_bridge_sandbox.conformity import violations_of_callback
from tiktok_bridge_sandbox.errors import AuthorizeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.qr import QrLogin

AUTHORIZE: Final = "/v2/auth/authorize/"
SCAN: Final = "/_sandbox/scan"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person does on the page."""

    account: str
    scopes: Iterable[str] | None = None
    """The ticked ones; None is all that were asked for."""

    deny: bool = False


def decide(backend: Backend, url: str, decision: Decision) -> str:
    """Return where the page at *url* sends the person after *decision*.

    Raises:
        UsageError: The URL is neither page's, or the decision is impossible.
    """
    parts = urlsplit(url)
    if parts.path not in (AUTHORIZE, SCAN):
        raise UsageError(f"the URL's path is neither {AUTHORIZE} nor {SCAN}")
    settle = _settle_login if parts.path == AUTHORIZE else _settle_scan
    try:
        location = settle(backend, url, decision)
    except AuthorizeError as error:
        location = failed(url, error, new_log_id(backend.now()))
    if parts.path == AUTHORIZE:
        backend.contract_violations += violations_of_callback(location)
    return location


def failed(url: str, error: AuthorizeError, log_id: str) -> str:
    """Return the page's own URL with the error appended, as TikTok's browser shows."""
    given: dict[str, object] = {"error": error.code}
    if error.number is not None:
        given["errCode"] = error.number
    given |= {"error_type": error.kind, "logid": log_id}
    separator = "&" if urlsplit(url).query else "?"
    return f"{url.partition('#')[0]}{separator}{urlencode(given)}"


def _settle_login(backend: Backend, url: str, decision: Decision) -> str:
    wish = consent.read(urlsplit(url).query, backend)
    answer: dict[str, str | None]
    if decision.deny:
        answer = {"error": "access_denied", "error_description": consent.REFUSED}
        return redirects.with_answer(wish.redirect_uri, answer | {"state": wish.state})
    code = consent.allow(backend, wish, decision.account, decision.scopes)
    backend.session = decision.account
    scopes = ",".join(backend.codes.scopes(code))
    answer = {"code": code, "scopes": scopes, "state": wish.state}
    return redirects.with_answer(wish.redirect_uri, answer)


def skip(backend: Backend, url: str, wish: consent.Wish) -> str | None:
    """Return where a person goes who need not see the page, if there is one."""
    if not (backend.switches.auto_auth and wish.is_hasty and backend.session):
        return None
    creator = backend.creators[backend.session]
    consented = backend.tokens.consented(creator, wish.app.client_key)
    if not consented.issuperset(wish.scopes):
        return None
    return decide(backend, url, Decision(account=creator.name))


def open_scan(backend: Backend, query: str) -> QrLogin:
    """Return the QR login that a phone has just scanned.

    Raises:
        UsageError: There is none.
    """
    given = dict(parse_qsl(query))
    login = backend.qr_logins.named(given.get("qr", ""))
    if login.status(backend.codes, backend.now()) in ("new", "scanned"):
        login.scan(given.get("client_ticket", ""))
    return login


def _settle_scan(backend: Backend, url: str, decision: Decision) -> str:
    login = open_scan(backend, urlsplit(url).query)
    status = login.status(backend.codes, backend.now())
    if status != "scanned":
        raise UsageError(f"the QR code is {status}")
    if decision.deny:
        login.is_refused = True
        return url
    code = consent.allow(backend, login.wish, decision.account, decision.scopes)
    login.confirm(code, ",".join(backend.codes.scopes(code)))
    return url
