"""cfg.scopes: the app asks for the scopes of what it is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

ASK = Remedy(
    "Add the scope to the app in the developer portal and to `app.scopes`, then let"
    " every creator consent again: a renewed token gains no scope.",
    "tiktok-bridge auth login ACCOUNT",
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """`app.scopes` has what direct posts, drafts and the fallback to drafts take.

    A direct post takes `video.publish`, a draft `video.upload`, and so does
    `on_unaudited: inbox`. What the ledger holds tells which of them are used. Whether
    a creator granted them is told by tok.scopes_stored.
    """
    config = facts.last("config", is_valid=True)
    if config is None:
        return
    scopes, ledger = set(config.data["scopes"]), facts.last("ledger_file")
    missing = sorted(_needed(config, ledger) - scopes)
    seen = (config, ledger) if ledger else (config,)
    if missing:
        says = f"`app.scopes` lacks {', '.join(missing)}"
        yield failed("missing", says, ASK, *seen)
    elif scopes.isdisjoint({"video.publish", "video.upload"}):
        says = "without video.publish and video.upload nothing can be posted"
        yield failed("nothing-to-post", says, ASK, *seen)
    else:
        yield passed("enough", "they are enough for what is used", *seen)


def _needed(config: Fact, ledger: Fact | None) -> set[str]:
    names = {"direct": "video.publish", "inbox": "video.upload"}
    modes = set(ledger.data["modes"]) if ledger else set()
    if config.data["on_unaudited"] == "inbox":
        modes.add("inbox")
    return {names[one] for one in modes if one in names}


SCOPES = Check(
    "cfg.scopes",
    "The app asks for the scopes that it needs",
    _judge,
    needs=("cfg.schema",),
    reads=("config", "ledger_file"),
    docs="https://developers.tiktok.com/doc/tiktok-api-scopes",
)
