"""What shall go wrong, queued per endpoint."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from tiktok_bridge_sandbox.amounts import LARGEST, is_amount, is_whole
from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal[
    "status",
    "reset_before",
    "reset_after_bytes",
    "reset_before_reply",
    "stall",
    "truncated_json",
    "html",
    "empty",
    "wrong_type",
    "wrong_json",
    "slow",
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one call."""

    kind: Kind
    status: int = 503
    """HTTP status (``status``, ``html``)."""

    code: str | None = None
    """Error code in the body (``status``); by default one that fits it."""

    retry_after: int | None = None
    """Seconds in a Retry-After header (``status``)."""

    bytes: int = 0
    """Body bytes to read before the reset (``reset_after_bytes``)."""

    seconds: float = 0.0
    """How long the finished reply is held back (``stall``)."""

    bytes_per_second: int = 1_000
    """How fast both bodies trickle (``slow``)."""

    skip: int = 0
    """Calls that go well first."""


FIELDS: Final = {field.name for field in fields(Fault)}
STATUSES: Final = range(200, 600)
"""Statuses that end a request."""

BODILESS: Final = (204, 304)
"""Those of them whose answer has no body."""


def parse(given: object) -> Fault:
    """Read one fault from JSON.

    Raises:
        UsageError: It is not an object with a known kind and known fields.
    """
    if not isinstance(given, dict) or given.get("kind") not in KINDS:
        raise UsageError(f"a fault is an object whose kind is one of {list(KINDS)}")
    if unknown := set(given) - FIELDS:
        raise UsageError(f"a fault has no field {sorted(unknown)}")
    fault = Fault(**given)
    _check_counts(fault)
    _check_status(fault)
    if not (fault.code is None or isinstance(fault.code, str)):
        raise UsageError(f"'code' of a fault is no text: {fault.code!r}")
    return fault


def _check_counts(fault: Fault) -> None:
    for name in ("bytes", "skip", "bytes_per_second", "retry_after"):
        value = getattr(fault, name)
        is_absent = name == "retry_after" and value is None
        if not (is_absent or is_whole(value)):
            words = f"no whole number from 0 to {LARGEST}: {value!r}"
            raise UsageError(f"{name!r} of a fault is {words}")
    if not is_amount(fault.seconds):
        words = f"no number from 0 to {LARGEST}: {fault.seconds!r}"
        raise UsageError(f"'seconds' of a fault is {words}")
    if fault.bytes_per_second == 0:
        raise UsageError("'bytes_per_second' of a fault is at least 1")


def _check_status(fault: Fault) -> None:
    if not is_whole(fault.status) or fault.status not in STATUSES:
        raise UsageError(f"'status' of a fault is none of HTTP: {fault.status!r}")
    if fault.kind == "html" and fault.status in BODILESS:
        raise UsageError(f"'status' of a fault comes without a page: {fault.status}")


class FaultQueues:
    """Faults waiting for their call; each call takes one entry."""

    def __init__(self, endpoints: Iterable[str]) -> None:
        self._queues: dict[str, deque[Fault | None]] = {e: deque() for e in endpoints}

    def add(self, endpoint: str, given: Iterable[Mapping[str, object] | None]) -> None:
        """Queue the faults; None lets a call go well.

        Raises:
            UsageError: The endpoint or a fault is none.
        """
        if endpoint not in self._queues:
            raise UsageError(f"an endpoint is one of {list(self._queues)}")
        faults = [None if entry is None else parse(entry) for entry in given]
        self._queues[endpoint].extend(faults)

    def take(self, endpoint: str) -> Fault | None:
        """Return what happens to this call."""
        queue = self._queues[endpoint]
        if queue and (fault := queue[0]) and fault.skip:
            queue[0] = replace(fault, skip=fault.skip - 1)
            return None
        return queue.popleft() if queue else None

    def pending(self) -> dict[str, list[dict[str, object] | None]]:
        """Return what no call has met yet, per endpoint with something left.

        ``skip`` is how many calls still go well before.
        """
        return {
            endpoint: [None if fault is None else asdict(fault) for fault in queue]
            for endpoint, queue in self._queues.items()
            if queue
        }
