"""tok.scopes_stored: creators granted what the configuration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import proven_scopes, wanted_scopes
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """The token came with every scope of `app.scopes`.

    Creators may grant a part; a renewal never adds a scope, only a new consent does.
    What TikTok's answers prove counts more than what is stored.
    """
    wanted = wanted_scopes(facts)
    for one in facts.of("token", status="ok"):
        stored = one.data["scopes"]
        if not stored or not wanted:
            continue
        proven = proven_scopes(facts, one.about)
        missing = [s for s in wanted if s not in stored and not proven.get(s)]
        if not missing:
            yield passed("granted", "every scope was granted", one, about=one.about)
            continue
        yield failed(
            "missing",
            f"the creator did not grant {', '.join(missing)}",
            one,
            who="creator",
            fix=Remedy(
                "Let the creator log in again and leave every box ticked; a scope that"
                " is not offered has to be added to the app first.",
                f"tiktok-bridge auth login {one.about}",
            ),
            about=one.about,
        )


SCOPES_STORED = Check(
    "tok.scopes_stored",
    "Creators granted what the configuration asks for",
    _judge,
    needs=("tok.decrypt",),
    reads=("tokens", "config"),
    docs="https://developers.tiktok.com/doc/scopes-overview",
)
