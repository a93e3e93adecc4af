"""cfg.schema: the configuration can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every key of `bridge.yaml` is known, complete and of the right type.

    An error names the file, the line, the key, and what was probably meant. What YAML
    itself made of a value is told by cfg.yaml_traps, and what is wrong with the
    redirect URI by cfg.redirect_uri.
    """
    config = facts.last("config", is_there=True)
    if config is None:
        return
    if config.data["is_valid"]:
        yield passed("valid", "it follows its schema", config)
    elif config.data["problems"]:
        remedy = Remedy("Correct the lines that are named.")
        yield failed("invalid", "; ".join(config.data["problems"]), remedy, config)


SCHEMA = Check(
    "cfg.schema",
    "The configuration follows its schema",
    _judge,
    needs=("cfg.found", "cfg.yaml_traps", "cfg.redirect_uri"),
    reads=("config",),
)
