"""Tell what a server or its connection refused in the words of the project."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Final

from redis import exceptions
from redis.sentinel import MasterNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge import BridgeError, Secret

LONGEST: Final = 200
"""Characters of a foreign text that are repeated."""

UNREADABLE: Final = re.compile(r"[^ -~]+")

SCRIPT: Final = re.compile(r"^user_script:\d+: | script: [0-9a-f]{40}.*$")
"""What a server adds to an error in a script."""

KINDS: Final[list[tuple[type[Exception], str, str | None, bool]]] = [
    (
        exceptions.AuthenticationError,
        "it wants another user or password",
        "check user and password in the URL, or its password_file",
        False,
    ),
    (
        exceptions.NoPermissionError,
        "the user may not do that",
        "give the user the rights that the plugin's README lists",
        False,
    ),
    (exceptions.BusyLoadingError, "it is still loading its data", None, True),
    (
        exceptions.ReadOnlyError,
        "it is a read-only replica",
        "name the primary, or its Sentinels; after a failover, try again",
        True,
    ),
    (
        exceptions.OutOfMemoryError,
        "it is out of memory",
        "raise the server's maxmemory, or delete what it need not keep",
        True,
    ),
    (
        exceptions.MasterDownError,
        "it is a replica that has lost its primary",
        "try again when the primary is back",
        True,
    ),
    *(
        (kind, "it is a node of a cluster", "name a server that is no cluster", False)
        for kind in (
            exceptions.ClusterCrossSlotError,
            exceptions.ClusterDownError,
            exceptions.MovedError,
        )
    ),
    (
        MasterNotFoundError,
        "no Sentinel answers, or none knows a primary of that name",
        "check the name; during a failover, try again",
        True,
    ),
]
"""For each error that has one: what is said, the next action, and whether the same may
work later. The first that fits counts."""

CODES: Final = {
    "WRONGTYPE": ("the key holds something else", "name another key", False),
    "MISCONF": (
        "it cannot write to its disk, and takes nothing",
        "look into the server's log",
        True,
    ),
    "NOREPLICAS": ("too few replicas follow it", "bring the replicas back", True),
    "BUSY": ("it is busy with somebody's script", None, True),
}
"""The same for the codes of answers for which the library has no class."""

AWAY: Final = "check that the server runs and can be reached"


def failure(
    kind: type[BridgeError], act: str, reason: str, hint: str | None, *, retryable: bool
) -> BridgeError:
    """Return an error of *kind* that says whether the same may work later."""
    error = kind(f"cannot {act}: {reason}", hint=hint)
    error.retryable = retryable
    return error


def explained(
    kind: type[BridgeError],
    act: str,
    error: Exception,
    *,
    timeout: float,
    secrets: Iterable[Secret],
) -> BridgeError:
    """Return *error* of the library as one of *kind*, without any of *secrets*."""
    if "unauthenticated" in str(error):  # what a long command is told without a login
        error = exceptions.AuthenticationError()
    for foreign, reason, hint, retryable in KINDS:
        if isinstance(error, foreign):
            return failure(kind, act, reason, hint, retryable=retryable)
    if isinstance(error, exceptions.TimeoutError):
        reason = f"no answer within {timeout:g} s"
        return failure(kind, act, reason, AWAY, retryable=True)
    if isinstance(error, exceptions.ConnectionError):
        return _lost(kind, act, error, secrets)
    text = str(error)
    code = text.partition(" ")[0]
    reason, hint, retryable = CODES.get(code, (_shown(text, secrets), None, False))
    return failure(kind, act, reason, hint, retryable=retryable)


def _lost(
    kind: type[BridgeError], act: str, error: Exception, secrets: Iterable[Secret]
) -> BridgeError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = f"its certificate is refused: {cause.verify_message}"
        hint = "name the file with its authority by ssl_ca_certs"
        return failure(kind, act, reason, hint, retryable=False)
    text = (cause.strerror if isinstance(cause, OSError) else None) or str(error)
    return failure(kind, act, _shown(text, secrets), AWAY, retryable=True)


def _shown(text: str, secrets: Iterable[Secret]) -> str:
    """Return a foreign text that may be shown: servers repeat what they were sent."""
    for secret in secrets:
        text = text.replace(secret.reveal(), "***")
    text = UNREADABLE.sub(" ", SCRIPT.sub("", text))
    return text[:LONGEST].rstrip(". ") or "it gave no reason"
