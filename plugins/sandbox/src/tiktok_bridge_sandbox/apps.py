"""The two apps TikTok knows: the one in production and its sandbox twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox import redirects

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.switches import Switches

CLIENT_KEY: Final = "awlocalsandbox00"
"""Key in production: ``aw`` and fourteen letters or digits, like a real one."""

CLIENT_SECRET: Final = "local-sandbox-secret"  # noqa: S105 - opens only this server
"""Secret in production."""

SANDBOX_KEY: Final = "sbawlocalsandbox00"
"""Key of the sandbox twin; TikTok's begin with ``sb``."""

SANDBOX_SECRET: Final = "local-sandbox-twin-secret"  # noqa: S105 - as above
"""Secret of the sandbox twin."""

SECRETS: Final = {CLIENT_KEY: CLIENT_SECRET, SANDBOX_KEY: SANDBOX_SECRET}
"""The pairs; a key never goes with the other one's secret."""


@dataclass(frozen=True, kw_only=True)
class App:
    """One app of the developer portal."""

    client_key: str
    """What it calls itself."""

    environment: Literal["production", "sandbox"]
    """Only target users may log in to a sandbox."""

    state: str
    """State of the review; a sandbox has none and is always live."""

    may_log_in: bool
    """Whether people may be sent to the login page at all."""

    is_audited: bool
    """Whether it passed the content posting audit; a sandbox app never does."""

    platform: str
    """The tab of Login Kit under which the redirect URIs stand."""

    redirect_uris: tuple[str, ...]
    """What is registered; a port may be ``*``."""

    @property
    def client_secret(self) -> str:
        """What it proves itself with."""
        return SECRETS[self.client_key]


def register(switches: Switches) -> dict[str, App]:
    """Return the app of each environment as *switches* describe it."""
    production = App(
        client_key=CLIENT_KEY,
        environment="production",
        state=switches.app_state,
        may_log_in=switches.login_kit and switches.app_state == "live",
        is_audited=switches.audited,
        platform=switches.platform,
        redirect_uris=redirects.listed(switches.redirect_uris, switches.platform),
    )
    own = redirects.listed(switches.sandbox_redirect_uris, switches.platform)
    sandbox = App(
        client_key=SANDBOX_KEY,
        environment="sandbox",
        state="live",
        may_log_in=switches.login_kit,
        is_audited=False,
        platform=switches.platform,
        redirect_uris=own,
    )
    return {"production": production, "sandbox": sandbox}
