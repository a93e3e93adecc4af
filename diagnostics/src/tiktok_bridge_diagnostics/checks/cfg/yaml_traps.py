"""cfg.yaml_traps: YAML takes no text for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge import Facts, Finding

QUOTE = Remedy("Put the value in quotes.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """No value without quotes is taken for a number, a date, or yes and no.

    YAML reads `NO` as false, `12:30:00` as 45000 and `0123` as 83. We read such words
    as text where that is possible, and refuse the rest; other programs that read or
    rewrite the file may change them without a word. The values are not shown.
    """
    config = facts.last("config", is_there=True)
    if config is None:
        return
    traps = config.data.get("traps", ())
    if refused := [one for one in traps if one["is_refused"]]:
        yield failed("not-text", _told(refused), QUOTE, config)
    elif traps:
        yield warned("ambiguous", _told(traps), QUOTE, config)
    elif config.data["is_valid"]:
        yield passed("clear", "every text is read as text", config)


def _told(traps: Iterable[dict[str, Any]]) -> str:
    told = (f"{one['key']} (line {one['line']}) as {one['type']}" for one in traps)
    return f"without quotes YAML reads {', '.join(told)}"


YAML_TRAPS = Check(
    "cfg.yaml_traps",
    "YAML takes no text for something else",
    _judge,
    needs=("cfg.found",),
    reads=("config",),
)
