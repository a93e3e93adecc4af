"""What TikTok answers when it refuses.

SandboxError
├── ApiError                 an envelope with ``error.code``
│   └── CreatorBlockedError  the same, but HTTP 200 on creator_info
├── OAuthError               flat, with ``error_description``
├── AuthorizeError           a page in the browser, never a redirect to the app
└── UploadError              a bare HTTP status

UsageError stands beside the tree: no TikTok says it, the sandbox itself does.
"""

from __future__ import annotations

from typing import ClassVar


class SandboxError(Exception):
    """A refusal that a client can meet at TikTok too."""


class ApiError(SandboxError):
    """A refusal of the Content Posting or Display API."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    message: ClassVar[str] = ""
    data: ClassVar[bool] = False
    """Whether the recorded envelope had an empty ``data`` beside the error."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(self.message if message is None else message)


class InvalidParamsError(ApiError):
    """A field is missing, unknown or wrong."""

    code = "invalid_params"
    status = 400


class FieldsMissingError(InvalidParamsError):
    """user/info was asked for nothing."""

    message = "Fields is required, please provide fields in the request"
    data = True


class AccessTokenInvalidError(ApiError):
    """The access token is absent, unknown, expired or revoked."""

    code = "access_token_invalid"
    status = 401
    message = "The access token is invalid or not found in the request."
    data = True


class ScopeNotAuthorizedError(ApiError):
    """The creator did not grant the scope."""

    code = "scope_not_authorized"
    status = 401
    message = (
        "The user did not authorize the scope required for completing this request."
    )


class ScopePermissionMissedError(ApiError):
    """A field was asked for that the granted scopes do not open."""

    code = "scope_permission_missed"
    status = 400
    message = "The scope that a field requires is missing."


class RateLimitExceededError(ApiError):
    """More calls in a minute than the endpoint admits."""

    code = "rate_limit_exceeded"
    status = 429
    message = "The request was rate limited."


class InvalidPublishIdError(ApiError):
    """No post has this publish_id."""

    code = "invalid_publish_id"
    status = 400
    message = "The publish_id does not exist."


class ForeignPublishIdError(ApiError):
    """The publish_id is another creator's."""

    code = "token_not_authorized_for_specified_publish_id"
    status = 400
    message = "The publish_id belongs to another user."


class NotCancellableError(ApiError):
    """Nothing is downloaded that could be cancelled."""

    code = "publish_not_cancellable"
    status = 400
    message = "The publish is in a state that cannot be cancelled."


class AppVersionError(ApiError):
    """The creator's TikTok app is older than 31.8."""

    code = "app_version_check_failed"
    status = 400
    message = "The user's TikTok app is too old for this feature."


class PrivacyMismatchError(ApiError):
    """The privacy level is missing or was not offered to the creator."""

    code = "privacy_level_option_mismatch"
    status = 403
    message = "The privacy level is not among the creator's options."


class UnauditedError(ApiError):
    """An unaudited app tried to reach people."""

    code = "unaudited_client_can_only_post_to_private_accounts"
    status = 403
    message = (
        "Please review our integration guidelines at "
        "https://developers.tiktok.com/doc/content-sharing-guidelines/"
    )


class UrlOwnershipError(ApiError):
    """The URL to pull from lies outside every verified property."""

    code = "url_ownership_unverified"
    status = 403
    message = "The ownership of the URL is not verified."


class TooManyPendingSharesError(ApiError):
    """The creator has not finished five drafts of the last day."""

    code = "spam_risk_too_many_pending_share"
    status = 403
    message = "spam_risk_too_many_pending_share"


class CreatorBlockedError(ApiError):
    """The creator cannot post now."""

    status = 403


class TooManyPostsError(CreatorBlockedError):
    """The creator's daily cap is reached."""

    code = "spam_risk_too_many_posts"
    message = "The daily post cap of the user is reached."


class BannedError(CreatorBlockedError):
    """The creator is banned from posting."""

    code = "spam_risk_user_banned_from_posting"
    message = "The user is banned from making new posts."


class ActiveUserCapError(CreatorBlockedError):
    """The app's daily cap of posting creators is reached."""

    code = "reached_active_user_cap"
    message = "The daily active user cap of the client is reached."


class OAuthError(SandboxError):
    """A refusal of an OAuth endpoint; the text is the description."""

    code: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400


class InvalidClientError(OAuthError):
    """The client key or secret is wrong."""

    code = "invalid_client"
    status = 401


class InvalidGrantError(OAuthError):
    """The code or token is unknown, used, expired, revoked or another app's."""

    code = "invalid_grant"


class UnsupportedGrantError(OAuthError):
    """The grant type is none the sandbox serves."""

    code = "unsupported_grant_type"


class InvalidScopeError(OAuthError):
    """A scope is unknown or was not approved for the app."""

    code = "invalid_scope"


class UnauthorizedClientError(OAuthError):
    """The app is not live, or Login Kit was not added to it."""

    code = "unauthorized_client"


class AuthorizeError(SandboxError):
    """A login that cannot begin, or an account that may not take part."""

    def __init__(self, code: str, kind: str, number: int | None = None) -> None:
        super().__init__(f"{code} ({kind})")
        self.code = code
        """``error`` of the query."""
        self.kind = kind
        """``error_type`` of the query: the parameter or setting at fault."""
        self.number = number
        """``errCode`` of the query, where one was seen."""


class UploadError(SandboxError):
    """A refusal of the upload host."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class UsageError(ValueError):
    """The sandbox was told something that makes no sense."""
