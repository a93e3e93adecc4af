"""Post events to a web address, signed as Standard Webhooks says.

Each hook imports what it opens, so that loading the plugin costs next to nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    from tiktok_bridge import Notifier

SCHEMES = re.compile("https?:", re.IGNORECASE)

_keys: set[bytes] = set()


@hookimpl
def open_notifier(url: str) -> Notifier | None:
    """Open the address of a receiver; its fragment holds the secrets."""
    if not SCHEMES.match(url):
        return None
    from tiktok_bridge_webhook.notifier import WebhookNotifier  # noqa: PLC0415 - see above
    from tiktok_bridge_webhook.urls import read_url  # noqa: PLC0415 - see above

    receiver = read_url(url)
    _keys.update(receiver.keys)
    return WebhookNotifier(receiver)


@hookimpl
def known_secrets() -> list[bytes]:
    """Return the keys that secrets stand for; the URL holds the secrets themselves."""
    return list(_keys)
