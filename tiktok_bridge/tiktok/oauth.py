"""Exchange, renew and revoke tokens, and log in by QR code.

Source: developers.tiktok.com/doc/oauth-user-access-token-management and
developers.tiktok.com/doc/login-kit-qr-code-authorization.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tiktok_bridge.errors import (
    BadAnswerError,
    ConfigError,
    LoginError,
    NetworkError,
    RefusedError,
    TokenError,
)
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok import envelope, token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tiktok_bridge.config.settings import AppSettings
    from tiktok_bridge.tiktok.answer import Answer
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tiktok.wire import Wire

TOKEN: Final = "/v2/oauth/token/"  # noqa: S105 - a path; TikTok needs the last slash
REVOKE: Final = "/v2/oauth/revoke/"
GET_QR_CODE: Final = "/v2/oauth/get_qrcode/"
CHECK_QR_CODE: Final = "/v2/oauth/check_qrcode/"

TICKET: Final = "client_ticket=tobefilled"
"""Stands in the URL of a QR code where the ticket of this login belongs."""


USED_UP: Final = (
    "begin the login anew, and let its code be used once, soon, and decoded once"
)

LOST: Final = "begin the login anew: TikTok has probably used the code up"


@dataclass(frozen=True, slots=True)
class ClientToken:
    """A token of the app itself; it proves the pair of key and secret, no scope."""

    access_token: Secret
    expires_at: float
    log_id: str | None


@dataclass(frozen=True, slots=True)
class QrCode:
    """A login that waits to be scanned.

    Attributes:
        url: What the QR code shows.
        token: Names this login when it is asked for.
        ticket: Comes back with the consent; another one is another login.
    """

    url: str = field(repr=False)
    token: Secret
    ticket: Secret
    log_id: str | None


@dataclass(frozen=True, slots=True)
class QrLogin:
    """How far a login by QR code is.

    Attributes:
        status: new, scanned, confirmed, expired or utilised; others are carried.
        code: What `OAuth.exchange` takes, once it is confirmed.
        redirect_uri: Where the code belongs, without its query; the exchange names it.
        state: What `OAuth.qr_code` was given, if it comes back.
    """

    status: str
    code: Secret | None
    redirect_uri: str | None
    state: str | None = field(repr=False)
    log_id: str | None


class OAuth:
    """The OAuth endpoints at one base URL, for one app."""

    def __init__(self, wire: Wire, base_url: str, app: AppSettings) -> None:
        self._wire = wire
        self._base_url = base_url
        self._app = app
        self.redaction = wire.redaction

    def known(self, token: Token) -> Token:
        """Return *token*, which no redacted log shows from now on."""
        self.redaction.add(token.access_token, token.refresh_token)
        return token

    def exchange(
        self, code: Secret, redirect_uri: str, verifier: Secret | None, now: float
    ) -> Token:
        """Turn the code of a redirect into a token; a code works once.

        Args:
            code: As the redirect carried it, decoded once.
            redirect_uri: The very one that the authorize URL named.
            verifier: Of the authorize URL; the web platform may do without.
            now: Seconds since the epoch.

        Raises:
            RefusedError: TikTok refused it (`invalid_grant`: the code is used or old).
            NetworkError: No answer came; `retryable` is false if the code may have
                been used up.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code.reveal(),
            "redirect_uri": redirect_uri,
        }
        if verifier is not None:
            form["code_verifier"] = verifier.reveal()
        hide = (code,) if verifier is None else (code, verifier)
        with _of_a_code():
            return self._token(form, hide, now, None)

    def refresh(self, old: Token, now: float) -> Token:
        """Exchange the refresh token; from here on the old one is dead.

        Raises:
            RefusedError: TikTok refused it (`invalid_grant`: expired, revoked or used).
            NetworkError: No answer came; the refresh token may have been used up.
        """
        if old.refresh_token is None:
            raise TokenError("the token has ended and has no refresh token")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": old.refresh_token.reveal(),
        }
        hide = (old.refresh_token, old.access_token)
        return self._token(form, hide, now, old)

    def client_token(self, now: float) -> ClientToken:
        """Ask for a token of the app; needs no review and no creator."""
        form = self._signed({"grant_type": "client_credentials"})
        answer = self._post(TOKEN, form, ())
        access = _secret(answer, "access_token")
        self.redaction.add(access)
        life = answer.count("expires_in")
        if life is None:
            raise answer.refuse("`expires_in` is missing")
        return ClientToken(access, now + min(life, token.LONGEST_LIFE), answer.log_id)

    def revoke(self, access_token: Secret) -> str | None:
        """End the app's access to the account; return TikTok's log id."""
        form = self._signed({"token": access_token.reveal()})
        return self._post(REVOKE, form, (access_token,), may_be_empty=True).log_id

    def qr_code(self, scopes: Sequence[str], state: str | None = None) -> QrCode:
        """Begin a login that a creator confirms by scanning a code."""
        form = {"client_key": self._app.client_key, "scope": ",".join(scopes)}
        if state is not None:
            form["state"] = state
        hide = (Secret(state),) if state else ()
        answer = self._post(GET_QR_CODE, form, hide)
        ticket = Secret(secrets.token_urlsafe(24))
        token = _secret(answer, "token")
        self.redaction.add(token, ticket)
        return QrCode(
            answer.needed_text("scan_qrcode_url").replace(
                TICKET, f"client_ticket={ticket.reveal()}"
            ),
            token,
            ticket,
            answer.log_id,
        )

    def check_qr_code(self, qr: QrCode) -> QrLogin:
        """Ask whether the code was scanned and confirmed.

        Raises:
            LoginError: The ticket that came back is not that of this login.
        """
        form = self._signed({"token": qr.token.reveal()})
        answer = self._post(CHECK_QR_CODE, form, (qr.token, qr.ticket))
        status = answer.needed_text("status")
        ticket = answer.text("client_ticket")
        if ticket and not hmac.compare_digest(
            ticket.encode(), qr.ticket.reveal().encode()
        ):
            raise LoginError(
                f"{CHECK_QR_CODE}: HTTP {answer.http_status}: the QR code that was"
                " confirmed is not the one that was shown",
                hint="show a new code and let the creator scan it",
                log_id=answer.log_id,
            )
        where, query = _redirect(answer)
        code = query.get("code") or answer.text("code")
        if status == "confirmed" and not code:
            raise answer.refuse("it is confirmed and has no code")
        self.redaction.add(code)
        return QrLogin(
            status,
            Secret(code) if code else None,
            where,
            query.get("state") or answer.text("state"),
            answer.log_id,
        )

    def _token(
        self,
        form: Mapping[str, str],
        hide: tuple[Secret, ...],
        now: float,
        before: Token | None,
    ) -> Token:
        answer = self._post(TOKEN, self._signed(form), hide)
        try:
            new = token.from_response(answer.data, now, before)
        except ValueError as error:
            raise answer.refuse(str(error)) from None
        return self.known(replace(new, log_id=answer.log_id))

    def _signed(self, form: Mapping[str, str]) -> dict[str, str]:
        return {
            "client_key": self._app.client_key,
            "client_secret": self._app.client_secret.reveal(),
            **form,
        }

    def _post(
        self,
        path: str,
        form: Mapping[str, str],
        hide: tuple[Secret, ...],
        *,
        may_be_empty: bool = False,
    ) -> Answer:
        self.redaction.add(*hide)
        reply = self._wire.send(
            "POST",
            self._base_url + path,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=_encoded(form),
        )
        hide = (self._app.client_secret, *hide)
        return envelope.read(reply, path, "oauth", hide=hide, may_be_empty=may_be_empty)


@contextmanager
def _of_a_code() -> Iterator[None]:
    """Advise about a code, which works once, instead of about a token."""
    try:
        yield
    except RefusedError as error:
        if error.code == "invalid_grant":
            error.hint = USED_UP
        raise
    except (NetworkError, BadAnswerError) as error:
        if getattr(error, "may_have_arrived", True):
            error.retryable = False
            error.hint = LOST
        raise


def _encoded(form: Mapping[str, str]) -> bytes:
    content = None
    with suppress(UnicodeEncodeError):
        content = urlencode(form).encode()
    if content is None:  # raised here, so that no text of another error hangs on it
        raise ConfigError("a form cannot be sent: it holds half a character")
    return content


def _secret(answer: Answer, name: str) -> Secret:
    try:
        found = token.read_secret(answer.data, name)
    except ValueError as error:
        raise answer.refuse(str(error)) from None
    if found is None:
        raise answer.refuse(f"`{name}` is missing")
    return found


def _redirect(answer: Answer) -> tuple[str | None, dict[str, str]]:
    """Return the redirect URI of *answer* without its query, and that query."""
    given = answer.text("redirect_uri")
    if not given:
        return None, {}
    try:
        parts = urlsplit(given)
        found = parse_qs(parts.query)
    except ValueError:
        raise answer.refuse("`redirect_uri` is no address") from None
    return (
        parts._replace(query="", fragment="").geturl(),
        {name: values[0] for name, values in found.items() if len(values) == 1},
    )
