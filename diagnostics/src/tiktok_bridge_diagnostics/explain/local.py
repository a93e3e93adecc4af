"""Find where a code was met here: the posts of the ledger that it befell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError, Client, Inspection, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tiktok_bridge import Host


@dataclass(frozen=True, slots=True)
class Met:
    """A code that posts of this installation met.

    Attributes:
        posts: How many stand there with it now.
        account: Of the last of them.
        at: When that was, in UTC.
        log_id: TikTok's, of the last of them.
    """

    code: str
    posts: int
    account: str
    at: str
    log_id: str | None


def met(config: Path, host: Host, codes: Iterable[str]) -> list[Met]:
    """Return where *codes* were met by the installation at *config*.

    Without a configuration or a ledger that can be read nothing was met.
    """
    wanted = set(codes)
    try:
        settings = Settings.from_file(config)
        with Client(settings.app, redaction=host.redaction) as client:
            inspection = Inspection(settings, host, client)
            try:
                entries = inspection.ledger.entries()
            finally:
                inspection.close()
    except BridgeError:
        return []
    found: dict[str, Met] = {}
    for entry in sorted(entries, key=lambda one: one.updated_at):
        if entry.failure and entry.failure.code in wanted:
            code = entry.failure.code
            posts = found[code].posts + 1 if code in found else 1
            at = datetime.fromtimestamp(entry.updated_at, UTC)
            log_id, account = entry.failure.log_id, entry.post.account
            found[code] = Met(code, posts, account, f"{at:%Y-%m-%d %H:%M} UTC", log_id)
    return sorted(found.values(), key=lambda one: one.code)
