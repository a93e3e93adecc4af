"""key.old_versions: every token is sealed with the newest key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """No token needs an older key than the newest.

    After `keys rotate` a token is sealed anew when it is renewed, or by `keys rewrap`.
    Until then the older key has to stay, and whoever has it can open the token.
    """
    keys = [one for one in facts.of("key") if one.data["is_held"]]
    old = [one for one in keys if one.data["accounts"] and not one.data["seals"]]
    spare = [one for one in keys if not (one.data["accounts"] or one.data["seals"])]
    if old:
        count = sum(one.data["accounts"] for one in old)
        remedy = Remedy("Seal them with the newest key.", "tiktok-bridge keys rewrap")
        says = f"{count} tokens are sealed with an older key"
        yield warned("older-key", says, remedy, *old)
    elif keys:
        says = "every token is sealed with the newest key"
        if spare:
            says += f"; {len(spare)} older keys may be retired"
        yield passed("newest", says, *keys)


OLD_VERSIONS = Check(
    "key.old_versions",
    "Every token is sealed with the newest key",
    _judge,
    needs=("cfg.schema", "key.present"),
    effect="S1",
    reads=("keys",),
)
