"""Keep tokens, read media and write events on local files.

Each hook imports what it opens, so that loading the plugin costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    from tiktok_bridge import MediaSource, Notifier, TokenStore

HOOK_VERSION: Final = 1
SCHEMES: Final = {
    "open_token_store": ["file"],
    "open_media_source": ["file"],
    "open_notifier": ["file"],
}


@hookimpl
def open_token_store(url: str) -> TokenStore | None:
    """Open the folder that *url* names as a token store."""
    from tiktok_bridge_file.store import FileTokenStore  # noqa: PLC0415 - see above
    from tiktok_bridge_file.urls import path_of  # noqa: PLC0415 - see above

    path = path_of(url)
    return None if path is None else FileTokenStore(path)


@hookimpl
def open_media_source(url: str) -> MediaSource | None:
    """Open the file that *url* names as media."""
    from tiktok_bridge_file.media import FileMedia  # noqa: PLC0415 - see above
    from tiktok_bridge_file.urls import path_of  # noqa: PLC0415 - see above

    path = path_of(url)
    return None if path is None else FileMedia(path)


@hookimpl
def open_notifier(url: str) -> Notifier | None:
    """Open the file that *url* names as a list of events, one per line."""
    from tiktok_bridge_file.notifier import FileNotifier  # noqa: PLC0415 - see above
    from tiktok_bridge_file.urls import path_of  # noqa: PLC0415 - see above

    path = path_of(url)
    return None if path is None else FileNotifier(path)
