"""cfg.found: there is a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """`bridge.yaml`, or what `--config` names, is a file."""
    config = facts.last("config")
    if config is None:
        return
    if config.data["is_there"]:
        yield Finding(Status.PASS, "found", "it is there", evidence=(config,))
        return
    yield Finding(
        Status.FAIL,
        "missing",
        "there is no such file",
        evidence=(config,),
        who_acts="operator",
        remedy=Remedy("Write one, or name yours.", "tiktok-bridge init"),
    )


FOUND = Check("cfg.found", "There is a configuration", _judge, reads=("config",))
