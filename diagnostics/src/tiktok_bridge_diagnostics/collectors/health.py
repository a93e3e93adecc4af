"""Gather what each plugin says of what `bridge.yaml` names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

DEADLINE: Final = 5.0
"""Seconds for which one of them is asked; all are asked at once."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `health` about each URL of `bridge.yaml`.

    About nothing for the tokens, which everything needs; about the key, such as
    `notify[0].to`, for a notifier. Its data: `place` (the key), `plugin`, `status` (ok,
    failed, unknown), `words` and `hint` (without secrets).
    """
    if visit.settings is None:
        return
    plugged = visit.settings.plugged()
    with ThreadPoolExecutor(len(plugged)) as pool:
        asked = [
            pool.submit(visit.host.health, *one, deadline=DEADLINE) for one in plugged
        ]
        for answer in asked:
            found = answer.result()
            about = "" if found.name == "tokens" else found.name
            data = {
                "place": found.name,
                "plugin": found.plugin,
                "status": found.status,
                "words": found.words,
                "hint": found.hint,
            }
            yield Fact("health", about, data)


HEALTH = Collector("health", _collect, "S1", seconds=7.0)
