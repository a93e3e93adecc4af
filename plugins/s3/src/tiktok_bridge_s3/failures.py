"""Tell what S3 or the way there refused in the words of the project."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import BridgeError

NOT_MODIFIED = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")
"""Codes of a write or a read whose condition does not hold."""

MISSING = ("NoSuchKey", "NoSuchVersion", "404")
"""Codes of an object that is not there."""


class Meaning(NamedTuple):
    """What an answer means, what to do next, and whether it passes by itself."""

    words: str
    hint: str | None = None
    retryable: bool = False


_CREDENTIALS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
_DENIED = Meaning(
    "these credentials may not do it, or it is not there",
    "allow the operation in the policy of the user or the bucket, and s3:ListBucket,"
    " without which S3 calls a missing object forbidden",
)
_GONE = Meaning("it is not there", "check bucket, key, endpoint_url and region")
_KEYS = Meaning("the credentials are not valid", _CREDENTIALS)
_PASSING = Meaning("the server is busy or broken", "try again later", retryable=True)
_REGION = Meaning("the bucket is in another region", "name it: ?region=")

CODES = {
    "301": _REGION,
    "400": Meaning("the request was not understood", "check endpoint_url and region"),
    "403": _DENIED,
    "404": _GONE,
    "AccessDenied": _DENIED,
    "AuthorizationHeaderMalformed": _REGION,
    "ExpiredToken": Meaning("the session of the credentials has ended", _CREDENTIALS),
    "IllegalLocationConstraintException": _REGION,
    "InvalidAccessKeyId": _KEYS,
    "InvalidObjectState": Meaning(
        "it is archived", "restore it, or move it to a class that is read at once"
    ),
    "InvalidToken": _KEYS,
    "NoSuchBucket": Meaning(
        "the bucket is not there", "create it, or correct its name"
    ),
    "NoSuchKey": _GONE,
    "NoSuchVersion": Meaning("that version is not there", "correct version_id"),
    "PermanentRedirect": _REGION,
    "RequestTimeTooSkewed": Meaning(
        "the clock of this machine is wrong by more than 15 minutes",
        "set it: timedatectl set-ntp true",
    ),
    "SignatureDoesNotMatch": Meaning("the secret key is wrong", _CREDENTIALS),
}
"""What the codes mean that have a remedy. Source: S3 API Reference, Error responses."""

PASSING_CODES = frozenset({"RequestTimeout", "SlowDown", "Throttling", "InternalError"})
TOO_MANY, SERVER_ERRORS = 429, range(500, 600)
NOT_IMPLEMENTED = 501

BOTO = (
    (exceptions.NoCredentialsError, Meaning("there are no credentials", _CREDENTIALS)),
    (
        exceptions.PartialCredentialsError,
        Meaning("credentials are missing", _CREDENTIALS),
    ),
    (exceptions.ProfileNotFound, Meaning("there is no such profile", "check profile=")),
    (
        exceptions.CredentialRetrievalError,
        Meaning("the credentials cannot be had", _CREDENTIALS),
    ),
    (
        exceptions.TokenRetrievalError,
        Meaning("the session has ended", "log in again: aws sso login"),
    ),
    (
        exceptions.SSLError,
        Meaning("the server's certificate is not trusted", "set AWS_CA_BUNDLE"),
    ),
    (
        (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError),
        Meaning(
            "the server does not answer in time", "try again later", retryable=True
        ),
    ),
    (
        exceptions.ConnectionError,
        Meaning("no connection to the server", "check endpoint_url", retryable=True),
    ),
    (
        (exceptions.HTTPClientError, exceptions.IncompleteReadError),
        Meaning("the answer broke off", "try again later", retryable=True),
    ),
    (
        exceptions.ParamValidationError,
        Meaning("the bucket or the key has a wrong form", "correct the URL"),
    ),
)
"""What the errors of the library mean, the special ones first."""

WORD = re.compile(r"[A-Za-z0-9._+/=-]{1,100}")


class Refusal(Exception):  # noqa: N818 - it is what we do
    """Refuse what a server answered for a reason of our own.

    Attributes:
        meaning: The reason in words, and the next action.
    """

    def __init__(self, reason: str, *, hint: str | None = None) -> None:
        super().__init__(reason)
        self.meaning = Meaning(reason, hint)


FAILURES = (BotoCoreError, ClientError, ResponseParserError, Refusal)
"""Everything that goes wrong on the way to S3 and back."""


@contextmanager
def reported(operation: str, place: object, kind: type[BridgeError]) -> Iterator[None]:
    """Raise what goes wrong in the block as *kind*, naming *operation* and *place*."""
    try:
        yield
    except FAILURES as error:
        raise explained(error, operation, place, kind) from error


def explained(
    error: Exception, operation: str, place: object, kind: type[BridgeError]
) -> BridgeError:
    """Return *error* in our words; nothing of its text, which may quote a request."""
    meaning, said = _meaning(error), ""
    if isinstance(error, ClientError):
        operation, said = error.operation_name, f" ({_answer(error)})"
    told = kind(
        f"{operation} of {str(place)!r} failed: {meaning.words}{said}",
        hint=meaning.hint,
    )
    told.retryable = meaning.retryable
    return told


def is_passing(error: Exception) -> bool:
    """Tell whether the same request may go through later."""
    return _meaning(error).retryable


def code_of(error: ClientError) -> str:
    """Return the code of S3, or the status where an answer has no body."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """Return the status of the answer, 0 without one."""
    return int(_metadata(error).get("HTTPStatusCode", 0))


def _meaning(error: Exception) -> Meaning:
    if isinstance(error, Refusal):
        return error.meaning
    if isinstance(error, ClientError):
        return _meaning_of_code(error)
    if isinstance(error, ResponseParserError):
        return Meaning("that is no answer of S3", "check endpoint_url")
    for kinds, meaning in BOTO:
        if isinstance(error, kinds):
            return meaning
    return Meaning(type(error).__name__)


def _meaning_of_code(error: ClientError) -> Meaning:
    code, status = code_of(error), status_of(error)
    passes = status == TOO_MANY or (
        status in SERVER_ERRORS and status != NOT_IMPLEMENTED
    )
    if code in PASSING_CODES or passes:
        return _PASSING
    meaning = CODES.get(code) or CODES.get(str(status)) or Meaning("the server refuses")
    if meaning is _REGION and (region := _region(error)):
        return Meaning(f"{meaning.words}, {region}", f"{meaning.hint}{region}")
    return meaning


def _region(error: ClientError) -> str:
    details: dict[str, Any] = dict(error.response.get("Error", {}))
    named = details.get("Region") or _headers(error).get("x-amz-bucket-region", "")
    return str(named) if WORD.fullmatch(str(named)) else ""


def _answer(error: ClientError) -> str:
    code, status = code_of(error), status_of(error)
    request_id = str(_metadata(error).get("RequestId", ""))
    words = [f"status {status}"]
    if code != str(status) and WORD.fullmatch(code):
        words.append(code)
    if WORD.fullmatch(request_id):
        words.append(f"request id {request_id}")
    return ", ".join(words)


def _metadata(error: ClientError) -> dict[str, Any]:
    return dict(error.response.get("ResponseMetadata", {}))


def _headers(error: ClientError) -> dict[str, str]:
    return dict(_metadata(error).get("HTTPHeaders", {}))
