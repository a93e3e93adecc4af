"""plug.secrets_hook: plugins with credentials tell which these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """A plugin that opens something on a server tells its secrets by `known_secrets`.

    What it does not tell can be hidden only where it looks like a secret, or stands in
    a URL of `bridge.yaml`.
    """
    for fact in facts.of("plugin", is_broken=False, opens_with_secrets=True):
        if fact.data["tells_secrets"]:
            yield passed("tells", "it tells its secrets", fact)
        else:
            says = "it opens what may take a password, and has no hook `known_secrets`"
            remedy = Remedy("Ask its author for the hook `known_secrets`.")
            yield warned("silent", says, remedy, fact)


SECRETS_HOOK = Check(
    "plug.secrets_hook",
    "Plugins with credentials tell their secrets",
    _judge,
    needs=("plug.load",),
    reads=("plugins",),
)
