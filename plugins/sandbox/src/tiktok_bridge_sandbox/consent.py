"""What an app asks a person for, and what the person's answer does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from tiktok_bridge_sandbox import pkce, redirects
from tiktok_bridge_sandbox.codes import Code
from tiktok_bridge_sandbox.errors import AuthorizeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.switches import Switches

REFUSED: Final = "The user refused the request."
"""``error_description`` when a person cancels; no text of it was published."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A login as the app asked for it."""

    app: App
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str | None
    challenge: str = ""
    is_hasty: bool = False
    """Whether the app wants no page for a person who agreed before."""


def read(query: str, backend: Backend) -> Wish:
    """Judge the query of an authorize URL (login-kit-web, login-kit-desktop).

    The key is judged before the redirect URI, and people come last: that is the
    order in which errors were seen to give way.

    Raises:
        AuthorizeError: TikTok would show its own page.
    """
    given = dict(parse_qsl(query))
    app = _find_app(given, backend)
    _check_redirect(given, query, app, backend.switches)
    if given.get("response_type") != "code":
        raise AuthorizeError("unsupported_response_type", "response_type")
    scopes = read_scopes(given.get("scope", ""), backend.switches)
    if not scopes:
        raise AuthorizeError("invalid_scope", "scope")
    challenge = given.get("code_challenge", "")
    method = given.get("code_challenge_method", "")
    pkce.check_challenge(challenge, method, backend.switches)
    return Wish(
        app=app,
        scopes=scopes,
        redirect_uri=given["redirect_uri"],
        state=given.get("state"),
        challenge=challenge,
        is_hasty=app.platform == "web" and given.get("disable_auto_auth") == "0",
    )


def _find_app(given: Mapping[str, str], backend: Backend) -> App:
    if "client_key" not in given:
        raise AuthorizeError("param_error", "client_key", 10003)
    for app in backend.apps.values():
        if app.client_key == given["client_key"] and app.may_log_in:
            return app
    raise AuthorizeError("unauthorized_client", "client_key")


def _check_redirect(
    given: Mapping[str, str], query: str, app: App, switches: Switches
) -> None:
    raw = [p for p in query.split("&") if p.startswith("redirect_uri=")]
    is_raw = any("://" in part for part in raw)
    if is_raw and switches.unencoded_redirect == "refuse":
        raise AuthorizeError("unauthorized_client", "client_key")
    is_registered = redirects.is_registered(
        given.get("redirect_uri", ""),
        app.redirect_uris,
        hosts_are_equal=switches.loopback_hosts == "equal",
    )
    if is_registered:
        return
    if switches.unregistered_redirect == "client-key":
        raise AuthorizeError("unauthorized_client", "client_key")
    raise AuthorizeError("invalid_request", "redirect_uri")


def read_scopes(text: str, switches: Switches) -> tuple[str, ...]:
    """Return the scopes asked for, or none at all if one of them is not approved."""
    separator = "," if switches.scope_separator == "comma" else r"[,\s]+"
    asked = tuple(dict.fromkeys(re.split(separator, text)))
    approved = switches.approved_scopes.split(",")
    return asked if text and all(scope in approved for scope in asked) else ()


def check_target(app: App, creator: Creator) -> None:
    """Refuse an account that may not log in to a sandbox app.

    Raises:
        AuthorizeError: It is no target user.
    """
    if app.environment == "sandbox" and not creator.account.target_user:
        raise AuthorizeError("access_denied", "non_sandbox_target")


def allow(
    backend: Backend, wish: Wish, account: str, scopes: Iterable[str] | None
) -> str:
    """Return the code of a person who agrees to *scopes*; None is all of them.

    Raises:
        AuthorizeError: The account is no target user of a sandbox app.
        UsageError: There is no such account, or the scopes were not asked for.
    """
    if account not in backend.creators:
        raise UsageError(f"an account is one of {list(backend.creators)}")
    creator = backend.creators[account]
    ticked = set(wish.scopes if scopes is None else scopes)
    if not ticked:
        raise UsageError("nothing is granted: tick a permission, or cancel")
    if unasked := ticked - set(wish.scopes):
        raise UsageError(f"the app did not ask for {sorted(unasked)}")
    check_target(wish.app, creator)
    return backend.codes.issue(
        Code(
            creator=creator,
            client_key=wish.app.client_key,
            scopes=tuple(scope for scope in wish.scopes if scope in ticked),
            redirect_uri=wish.redirect_uri,
            challenge=wish.challenge,
            until=backend.now() + backend.switches.code_seconds,
        )
    )
