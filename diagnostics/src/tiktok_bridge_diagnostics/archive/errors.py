"""Name what is wrong with a bundle."""

from __future__ import annotations

from tiktok_bridge import BridgeError


class BundleError(BridgeError):
    """Report a bundle, or a file in it, that no bridge has written; nothing was kept.

    Its message names the file, with every sign that is not seen escaped.
    """

    exit_status = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint or "ask for the bundle as it was made")
