"""Name everything that can go wrong, so that a caller can tell what to do.

    BridgeError
    ├── ConfigError          a file, a key or an argument is wrong; change it
    │   └── InvalidInput     a file says what cannot be; all of it is told
    │       └── ConflictError    a post's id is taken by a post with other content
    ├── MediaError           the video cannot be read, or is no video
    ├── LoginError           nobody was logged in: TikTok or the person said no
    ├── TokenError           no usable token for the account
    ├── StoreError           a token store or its key failed
    ├── LedgerError          the ledger cannot be read or written
    ├── BusyError            another process holds it; retryable
    ├── PluginError          a plugin broke its promise
    ├── EventRefusedError    a notifier will never take this event
    ├── WebhookError         TikTok did not sign it, or not now; do nothing
    ├── NetworkError         no answer from the other side; retryable
    └── TikTokError          TikTok answered, and it is no success
        ├── RefusedError     the envelope says no
        └── BadAnswerError   what came back is no answer of this API; retryable

Two questions decide the class: what does the caller do differently, and is it worth
a retry (`retryable`)?
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from tiktok_bridge.models import Problem


class BridgeError(Exception):
    """Tell a person what is wrong and what to do next.

    Attributes:
        message: A lower-case fact that names the culprit; never holds a secret.
        hint: The next action, or None.
    """

    retryable: bool = False
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, vars(self))


class ConfigError(BridgeError):
    """Report a file, a key or an argument that a person has to change."""

    exit_status = 2


class InvalidInput(ConfigError):  # noqa: N818 - it names what is wrong
    """Report everything that is wrong with what a person wrote.

    Attributes:
        problems: What is wrong, in the order of the file.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ConflictError(InvalidInput):
    """Report an id that the ledger already knows with other content."""


class MediaError(BridgeError):
    """Report a video that cannot be read or is not what it claims to be."""

    exit_status = 2


class LoginError(BridgeError):
    """Report a login that gave no code.

    Attributes:
        code: `error` of the redirect or of TikTok's page, otherwise empty.
        error_type: What TikTok's page names as the culprit, otherwise empty.
        err_code: The number beside it, otherwise empty.
        log_id: What TikTok's support asks for, or None.
    """

    def __init__(  # noqa: PLR0913 - one argument for each thing the address tells
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str = "",
        error_type: str = "",
        err_code: str = "",
        log_id: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.error_type = error_type
        self.err_code = err_code
        self.log_id = log_id

    def __str__(self) -> str:
        return _with_log_id(self.message, self.log_id)


class TokenError(BridgeError):
    """Report that an account has no usable token.

    Attributes:
        code: TikTok's OAuth error when it refused to renew it, otherwise empty.
        http_status: Status of that answer, or None.
        log_id: Its log id, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        refusal: RefusedError | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind = "oauth"
        self.code = refusal.code if refusal else ""
        self.http_status = refusal.http_status if refusal else None
        self.log_id = refusal.log_id if refusal else None


class StoreError(BridgeError):
    """Report a token store, or the key that opens its records, that failed."""


class LedgerError(BridgeError):
    """Report a ledger that cannot be read or written; nothing was sent."""


class BusyError(BridgeError):
    """Report that another process holds what is needed."""

    retryable = True


class PluginError(BridgeError):
    """Report a plugin that is missing or that broke its promise."""

    exit_status = 2


class EventRefusedError(BridgeError):
    """Report an event that the other side of a notifier will never take.

    It is not tried again by itself, and the later events of its post go on.
    """


class WebhookError(BridgeError):
    """Report a webhook that cannot be trusted: answer 4xx and do nothing."""


class NetworkError(BridgeError):
    """Report that no whole answer came: whether TikTok acted is not known.

    Attributes:
        may_have_arrived: Whether something of the request had left; if not, nothing
            happened at TikTok.
        http_status: Status of an answer that broke off, or None.
        log_id: Its log id, or None.
    """

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        may_have_arrived: bool = True,
        http_status: int | None = None,
        log_id: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.may_have_arrived = may_have_arrived
        self.http_status = http_status
        self.log_id = log_id

    def __str__(self) -> str:
        return _with_log_id(self.message, self.log_id)


class TikTokError(BridgeError):
    """Carry TikTok's answer to the person who has to act on it.

    Attributes:
        code: TikTok's code (`error.code`), empty when there was none.
        http_status: Status of the answer.
        log_id: What TikTok's support asks for, or None.
        retry_after: Seconds that TikTok asked to wait, or None.
    """

    def __init__(  # noqa: PLR0913 - one argument for each thing an answer tells
        self,
        message: str,
        *,
        http_status: int,
        code: str = "",
        log_id: str | None = None,
        retry_after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.http_status = http_status
        self.log_id = log_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        return _with_log_id(self.message, self.log_id)


class RefusedError(TikTokError):
    """Report that TikTok understood the request and refused it.

    Attributes:
        kind: Where the catalogue explains the code: api, upload or oauth.
        retryable: Whether the catalogue says that the same may work later.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "api",
        retryable: bool = False,
        **answer: Any,  # noqa: ANN401 - those of its parent
    ) -> None:
        super().__init__(message, **answer)
        self.kind = kind
        self.retryable = retryable


class BadAnswerError(TikTokError):
    """Report an answer that is not of this API: a proxy, a portal, a broken gateway."""

    retryable = True


def _restored(
    kind: type[BridgeError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> BridgeError:
    """Build an error again that was pickled or copied."""
    error = kind.__new__(kind, *arguments)
    vars(error).update(state)
    return error


def _with_log_id(message: str, log_id: str | None) -> str:
    return f"{message} (log id {log_id})" if log_id else message
