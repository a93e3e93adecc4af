"""log.scan: no log file shows a secret of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

ROTATE = Remedy(
    "Reset the client secret in the developer portal, let the creators log in again,"
    " and remove these lines: whoever has read the log has the secret."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """No log file of this process shows the client secret or a stored token.

    The last MiB of each is searched for their exact values, in every encoding that the
    gate of bundles knows. A token that was replaced since is not searched.
    """
    for fact in facts.of("log_scan"):
        if hits := fact.data["hits"]:
            lines = ", ".join(str(one) for one in hits)
            says = f"lines that show a secret, counted from the end: {lines}"
            yield failed("shows-secret", says, ROTATE, fact)
        elif fact.data["lines"]:
            says = f"{fact.data['lines']} lines show none"
            yield passed("clean", says, fact)


SCAN = Check(
    "log.scan",
    "No log file shows a secret of today",
    _judge,
    needs=("cfg.schema",),
    effect="S1",
    reads=("log_scan",),
)
