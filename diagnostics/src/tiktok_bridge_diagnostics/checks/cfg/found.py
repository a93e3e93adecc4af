"""cfg.found: there is a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """`bridge.yaml`, or what `--config` or `TIKTOK_BRIDGE_CONFIG` names, is a file.

    It also says how many of its values the environment fills in.
    """
    config = facts.last("config")
    if config is None:
        return
    if not config.data["is_there"]:
        remedy = Remedy("Write one, or name yours.", "tiktok-bridge init")
        yield failed("missing", "there is no such file", remedy, config)
        return
    names = [one["name"] for one in config.data.get("variables", ()) if one["is_set"]]
    filled = f"; from the environment: {', '.join(names)}" if names else ""
    yield passed("found", f"it is there{filled}", config)


FOUND = Check("cfg.found", "There is a configuration", _judge, reads=("config",))
