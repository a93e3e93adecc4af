"""cfg.inline_secret: no secret stands in the configuration itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

VARIABLE = (
    "Write ${NAME} instead, set NAME in the environment, and reset the secret in the"
    " developer portal if anybody else could read the file."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """The client secret and passwords come from the environment.

    A file is copied, shown and committed. One that git tracks gives the secret to
    everybody who has the repository, also after it is removed. The secret of a stand-in
    on this machine is none.
    """
    config = facts.last("config", is_there=True)
    if config is None or "inline" not in config.data:
        return
    keys = config.data["inline"]
    if not keys:
        yield passed("from-outside", "no secret stands in the file", config)
        return
    if config.data.get("base_url_is") == "loopback":
        says = "only that of a stand-in on this machine"
        yield passed("stand-in", says, config)
        return
    tracked = facts.of("git", "config", is_tracked=True)
    says = f"a secret stands in the file, at {', '.join(keys)}"
    if tracked:
        says, remedy = f"{says}, and git tracks it", Remedy(VARIABLE)
        yield warned("tracked", says, remedy, config, *tracked)
    else:
        yield warned("inline", says, Remedy(VARIABLE), config)


INLINE_SECRET = Check(
    "cfg.inline_secret",
    "No secret stands in the configuration",
    _judge,
    needs=("cfg.found",),
    reads=("config", "git"),
)
