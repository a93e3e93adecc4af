"""Say what a fault is: what it meets, what it changes, how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.chaos.matrix.internet import Route
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

    Strike = Callable[[World, Exchange], bool]
    Change = Callable[[World], object]
    Told = Callable[[World, list[dict[str, Any]]], list[tuple[str, str]]]


def nothing(_: World) -> None:
    """Do nothing."""


def let_pass(_: World, __: Exchange) -> bool:
    """Let the request go on."""
    return False


def as_told(_: World, events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return *events* as TikTok sends them."""
    return [(one["signature"], one["body"]) for one in events]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way in which something goes wrong; it lasts as long as the first run.

    Attributes:
        strike: Meets a request of the stage; returns whether it was answered.
        happen: Changes the world when such a request comes, before `strike`.
        at_start: Whether it happens before the run instead, where the stage is the
            token: for what is wrong with a file, not with an answer.
        early: Whether it happens just before such a request leaves.
        dial: Where the name of TikTok leads for a request of the stage.
        also: What meets the requests of other stages meanwhile.
        prepare: Done before the run.
        repair: Done after it.
        times: How many requests it meets; None is all of them.
        tls: Whether the journey is encrypted.
        process: Whether the run is a process of its own.
        is_hasty: Whether nobody waits long for an answer; elsewhere a slow machine must
            not look like the fault.
        pulled: Whether TikTok fetches the video itself.
        told: What comes of the events that TikTok sends: signatures and bodies.
        switches: How the sandbox differs.
    """

    strike: Strike = let_pass
    happen: Change = nothing
    at_start: bool = False
    early: bool = False
    dial: Route | None = None
    also: Mapping[str, Strike] = field(default_factory=dict)
    prepare: Change = nothing
    repair: Change = nothing
    times: int | None = None
    tls: bool = False
    process: bool = False
    is_hasty: bool = False
    pulled: bool = False
    told: Told = as_told
    switches: Mapping[str, Any] = field(default_factory=dict)


LOG_ID: Final = "202611221936001234567890ABCDEF1234"
"""What the answers of faults are called."""
