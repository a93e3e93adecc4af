"""app.mode: the environment is the one of the client key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """`app.environment` is the one that the client key seems to belong to.

    Keys of a sandbox were seen to begin with `sb`; no call of TikTok tells. A sandbox
    app posts nothing in public and takes target users only.
    """
    app = facts.last("app")
    if app is None:
        return
    declared, is_sandbox = app.data["environment"], app.data["is_sandbox_key"]
    if (declared == "sandbox") == is_sandbox:
        said = f"declared {declared}, and the key looks like it"
        yield passed("agrees", said, app, certainty=Certainty.PROBABLE)
        return
    likely = "sandbox" if is_sandbox else "production"
    yield warned(
        "disagrees",
        f"declared {declared}, but the key looks like one of {likely}",
        app,
        who="operator",
        fix=Remedy(f"Write `environment: {likely}`, or take the other key and secret."),
        certainty=Certainty.PROBABLE,
        settles_it="the portal, which shows key and secret of each environment",
    )


MODE = Check(
    "app.mode",
    "The environment is the one of the client key",
    _judge,
    needs=("cfg.schema",),
    reads=("app",),
    docs="https://developers.tiktok.com/doc/add-a-sandbox",
)
