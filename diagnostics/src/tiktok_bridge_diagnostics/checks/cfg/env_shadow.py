"""cfg.env_shadow: the environment changes the configuration as its reader expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """No variable changes unnoticed which configuration is used, or what it says.

    `TIKTOK_BRIDGE_CONFIG` wins against the `bridge.yaml` of the folder. A variable that
    is set but empty counts as not set, so the default of `${NAME:-default}` is used.
    The rest of the environment changes nothing: a value of the file always wins.
    """
    config = facts.last("config")
    if config is None or "variables" not in config.data:
        return
    variables = config.data["variables"]
    empty = [one["name"] for one in variables if one["is_empty"] and one["has_default"]]
    if config.data["is_shadowing"]:
        says = "TIKTOK_BRIDGE_CONFIG names another one than bridge.yaml of this folder"
        remedy = Remedy("Unset it, or say which with --config.", _UNSET)
        yield warned("another-file", says, remedy, config)
    if empty:
        names = ", ".join(empty)
        says = f"set but empty, so that the defaults are used: {names}"
        remedy = Remedy("Set or unset them.", f"unset {' '.join(empty)}")
        yield warned("empty-variable", says, remedy, config)
    if not empty and not config.data["is_shadowing"] and config.data["is_there"]:
        names = ", ".join(
            one["name"] for one in variables if one["is_set"] and one["has_default"]
        )
        says = f"defaults of the file that it replaces: {names or 'none'}"
        yield passed("as-written", says, config)


_UNSET = "unset TIKTOK_BRIDGE_CONFIG"

ENV_SHADOW = Check(
    "cfg.env_shadow",
    "The environment changes nothing unnoticed",
    _judge,
    reads=("config",),
)
