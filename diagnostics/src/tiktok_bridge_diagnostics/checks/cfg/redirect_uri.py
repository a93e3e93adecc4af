"""cfg.redirect_uri: TikTok can take the redirect URI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

EXAMPLES = (
    "Write it byte for byte as it is registered, such as http://127.0.0.1:3455/callback/"
    " on the Desktop platform (its port may be *), or"
    " https://cms.example.com/tiktok/callback/ on the Web platform."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """The redirect URI follows the rules of its platform.

    Web: https. Desktop: `localhost` or `127.0.0.1`, with a port. Both: absolute, no
    query, no fragment, fewer than 512 characters. Whether it is registered is told by
    app.redirect_registered; nobody can ask TikTok.
    """
    config = facts.last("config", is_there=True)
    if config is None:
        return
    if wrong := config.data.get("redirect_problem"):
        remedy = Remedy(EXAMPLES)
        yield failed("against-the-rules", f"app.redirect_uri: {wrong}", remedy, config)
    elif config.data["is_valid"] and config.data["redirect_uri"]:
        says = f"it is one that the platform {config.data['platform']} takes"
        yield passed("fits", says, config)


REDIRECT_URI = Check(
    "cfg.redirect_uri",
    "TikTok can take the redirect URI",
    _judge,
    needs=("cfg.found", "cfg.yaml_traps"),
    reads=("config",),
    docs="https://developers.tiktok.com/doc/login-kit-desktop",
)
