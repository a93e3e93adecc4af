"""Gather where log files show a secret of today."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tiktok_bridge import BridgeError, Collector, Fact
from tiktok_bridge_diagnostics import gate
from tiktok_bridge_diagnostics.collectors.log_handlers import log_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Visit

BYTES: Final = 1 << 20
"""That are looked through of each file, at its end."""

FILES: Final = 4
LINES: Final = 20
"""Of one file that are told."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `log_scan` about the number of each log file.

    Its data: `lines` (how many were looked through), `hits` (the numbers of those that
    show a secret in any encoding, from the end: 1 is the last) and `is_whole` (it was
    all looked through). Secrets are the client secret and the stored tokens.
    """
    files = log_files()[:FILES]
    if not files or visit.settings is None:
        return
    secrets = [visit.settings.app.client_secret.reveal(), *_tokens(visit)]
    for number, path in enumerate(files, 1):
        data = _tail(path)
        lines = data.splitlines()
        hits: list[int] = []
        if gate.scan(data, secrets):
            for at, line in enumerate(reversed(lines), 1):
                if len(hits) < LINES and gate.scan(line, secrets):
                    hits.append(at)
        found: dict[str, object] = {"lines": len(lines), "hits": hits}
        found["is_whole"] = path.stat().st_size <= BYTES
        yield Fact("log_scan", str(number), found)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - BYTES))
        return file.read(BYTES)


def _tokens(visit: Visit) -> Iterator[str]:
    if visit.inspection is None:
        return
    with suppress(BridgeError):  # the checks of tokens tell why
        for account in visit.inspection.vault.accounts():
            with suppress(BridgeError):
                if held := visit.inspection.vault.peek(account):
                    yield held[1].access_token.reveal()
                    if held[1].refresh_token:
                        yield held[1].refresh_token.reveal()


LOG_SCAN = Collector("log_scan", _collect, "S1")
