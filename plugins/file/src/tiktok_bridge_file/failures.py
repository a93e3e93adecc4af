"""Tell what the operating system refused in the words of the project."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import BridgeError

HINTS = {
    errno.EACCES: "run as the user who owns it, or change its permissions",
    errno.EDQUOT: "free some space of this user's quota",
    errno.ENOLCK: "move it to a file system that has locks",
    errno.ENOSPC: "free some space on that disk",
    errno.EROFS: "move it to a file system that can be written",
}
"""The next action for the errors that have one."""


class Refusal(OSError):  # noqa: N818 - it is what we do, the system errs
    """Refuse a file for a reason of our own, beside those of the system.

    Attributes:
        hint: The next action, or None.
    """

    def __init__(self, reason: str, *, hint: str | None = None) -> None:
        super().__init__(errno.EPERM, reason)
        self.hint = hint


@contextmanager
def reported(act: str, path: str, kind: type[BridgeError]) -> Iterator[None]:
    """Raise an `OSError` of the block as *kind*, with the act and the *path*."""
    try:
        yield
    except Refusal as refusal:
        raise kind(
            f"cannot {act} {path!r}: {refusal.strerror}", hint=refusal.hint
        ) from refusal
    except OSError as error:
        reason = error.strerror or str(error)
        hint = HINTS.get(error.errno or 0)
        raise kind(f"cannot {act} {path!r}: {reason}", hint=hint) from error
