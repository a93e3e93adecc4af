"""Log a creator in: send them to TikTok, and keep the token that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.config.redirect import EXAMPLE, has_any_port
from tiktok_bridge.config.schema import is_account
from tiktok_bridge.errors import ConfigError
from tiktok_bridge.tiktok.authorize import authorize, read_redirect

if TYPE_CHECKING:
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.tiktok.authorize import Authorization
    from tiktok_bridge.tokens.vault import Vault

CONSEQUENCES: Final = {
    "user.info.basic": "name and picture of who logged in cannot be read",
    "user.info.profile": "username and biography of the profile cannot be read",
    "user.info.stats": "the counts of followers, likes and videos cannot be read",
    "video.list": "public videos cannot be listed, nor posts found by their ids",
    "video.publish": "direct posts are refused",
    "video.upload": "drafts to the inbox are refused",
}
"""What does not work without a scope.

Source: developers.tiktok.com/doc/scopes-overview."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a creator granted by logging in; holds no secret.

    Attributes:
        account: The name here.
        open_id: TikTok's id of the user for this app, or None if it was not said.
        scopes: What was granted; empty if TikTok did not say.
        missing: Scopes that were asked for and not granted.
        expires_at: When the access token ends, in seconds since the epoch; it is
            renewed before.
    """

    account: str
    open_id: str | None
    scopes: tuple[str, ...]
    missing: tuple[str, ...]
    expires_at: float


def require_name(account: str) -> None:
    """Refuse what cannot name an account.

    Raises:
        ConfigError: It cannot.
    """
    if not is_account(account):
        raise ConfigError(
            f"{account!r} is no name for an account",
            hint="use letters, digits, dots, dashes, underscores and @; 64 at most",
        )


def require_redirect(settings: Settings, file: object = None) -> str:
    """Return the redirect URI of *settings*, in which the port may be open.

    Args:
        settings: Those of the installation.
        file: Where they come from, for the message.

    Raises:
        ConfigError: There is none.
    """
    if settings.app.redirect_uri:
        return settings.app.redirect_uri
    example = EXAMPLE[settings.app.platform]
    where = f"{file}: " if file else ""
    raise ConfigError(
        f"{where}app.redirect_uri is missing; TikTok sends people back there after a"
        " login",
        hint=f"write the one that is registered, such as redirect_uri: {example}",
    )


def begin(
    settings: Settings, redirect_uri: str | None, *, always_ask: bool
) -> Authorization:
    """Begin a login; see `Bridge.begin_login`."""
    uri = redirect_uri or require_redirect(settings)
    if has_any_port(uri):
        raise ConfigError(
            f"redirect_uri {uri} says no port",
            hint="give begin_login the URI with the port at which you listen",
        )
    page = settings.authorize_url
    return authorize(settings.app, page, uri, always_ask=always_ask)


def finish(
    vault: Vault,
    account: str,
    authorization: Authorization,
    query: str | bytes,
    *,
    switch_user: bool,
) -> Grant:
    """Exchange what came back, and keep it; see `Bridge.finish_login`."""
    require_name(account)
    consent = read_redirect(query, authorization.state)
    token = vault.log_in(account, authorization, consent, switch_user=switch_user)
    missing = [scope for scope in vault.scopes if scope not in token.scopes]
    return Grant(
        account,
        token.open_id,
        token.scopes,
        tuple(missing) if token.scopes else (),
        token.expires_at,
    )
