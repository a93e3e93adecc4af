"""Say in the words of the project why an address was not read."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import h11
import httpcore

from tiktok_bridge.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTEAD: Final = "or download it into `media_root` and name it there"

TRY_LATER: Final = "try again later, or download it into `media_root`"

FAILURES: Final = (
    OSError,
    h11.LocalProtocolError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
)
"""What the network raises where there is no answer, or half of one."""

PASSING: Final = frozenset({408, 425, 429, *range(500, 600)} - {501, 505})
"""Statuses that pass by themselves."""

STATUSES: Final = {
    401: ("the server wants a login", "name an address that needs none"),
    403: (
        "the server does not allow it",
        "an address that is signed may have ended: make a new one",
    ),
    404: ("it is not there", "check the address"),
    410: ("it is not there any more", "check the address"),
}
"""What the other statuses mean that have a remedy."""

UNSAFE: Final = (
    "TLS failed: the certificate of the server is not trusted",
    "check the name in the address; SSL_CERT_FILE names further authorities",
)


class Refusal(Exception):  # noqa: N818 - it is what we do
    """Refuse an address, or what its server answered.

    Attributes:
        words: The reason.
        hint: The next action.
        retryable: Whether the same may work later.
    """

    def __init__(self, words: str, hint: str, *, retryable: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.hint = hint
        self.retryable = retryable


@contextmanager
def reported(name: str) -> Iterator[None]:
    """Raise what goes wrong in the block as a `MediaError` about *name*.

    Nothing of a foreign text is repeated: it may quote what was sent or came.
    """
    failure = None
    try:
        yield
    except Refusal as error:
        failure = error
    except FAILURES as error:
        failure = explained(error)
    if failure:  # raised here, so that no text of another error hangs on it
        told = MediaError(f"{name} cannot be read: {failure.words}", hint=failure.hint)
        told.retryable = failure.retryable
        raise told


def explained(error: Exception) -> Refusal:
    """Return what an error of the network means."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refusal(*UNSAFE)
        cause = cause.__context__  # httpcore forgets what is a `__cause__`
    if isinstance(error, httpcore.TimeoutException):
        words = "the server does not answer in time"
    elif isinstance(error, httpcore.ConnectError):
        words = "no connection to the server; media is read without a proxy"
    else:
        words = "the answer broke off"
    return Refusal(words, TRY_LATER, retryable=True)


def is_passing(error: Exception) -> bool:
    """Tell whether the same request may go through later."""
    refusal = error if isinstance(error, Refusal) else explained(error)
    return refusal.retryable


def refused_status(status: int) -> Refusal:
    """Return what a *status* that brings no bytes means."""
    if status in PASSING:
        words = "the server is busy or broken"
        return Refusal(f"{words} (status {status})", TRY_LATER, retryable=True)
    words, hint = STATUSES.get(
        status, ("the server refuses", f"open it in a browser, {INSTEAD}")
    )
    return Refusal(f"{words} (status {status})", hint)
