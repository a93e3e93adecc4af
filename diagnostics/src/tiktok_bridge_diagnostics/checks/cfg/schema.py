"""cfg.schema: the configuration can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every key of `bridge.yaml` is known, complete and of the right type.

    An error names the file, the line, the key, and what was probably meant.
    """
    config = facts.last("config", is_there=True)
    if config is None:
        return
    if config.data["is_valid"]:
        yield Finding(Status.PASS, "valid", "it follows its schema", evidence=(config,))
        return
    yield Finding(
        Status.FAIL,
        "invalid",
        "; ".join(config.data["problems"]),
        evidence=(config,),
        who_acts="operator",
        remedy=Remedy("Correct the lines that are named."),
    )


SCHEMA = Check(
    "cfg.schema",
    "The configuration follows its schema",
    _judge,
    needs=("cfg.found",),
    reads=("config",),
)
