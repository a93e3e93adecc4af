"""Post events to a web address, signed as Standard Webhooks says.

Each hook imports what it opens, so that loading the plugin costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    from tiktok_bridge import Notifier

HOOK_VERSION: Final = 1

SCHEMES: Final = {"open_notifier": ["https", "http"]}

_keys: set[bytes] = set()


@hookimpl
def open_notifier(url: str) -> Notifier | None:
    """Open the address of a receiver; its fragment holds the secrets."""
    if url.partition(":")[0].lower() not in SCHEMES["open_notifier"]:
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
