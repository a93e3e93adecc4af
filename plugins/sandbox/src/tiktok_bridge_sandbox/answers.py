"""The shapes in which TikTok answers, by the switches."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from tiktok_bridge_sandbox import envelopes
from tiktok_bridge_sandbox.errors import ApiError, OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches


class Answers:
    """The possible answers to one request; they share its log id."""

    def __init__(self, endpoint: str, switches: Switches, now: float) -> None:
        self._endpoint = endpoint
        self._switches = switches
        self.log_id = new_log_id(now)
        self.headers = {"x-tt-logid": self.log_id}
        """Headers of every answer: the gateway's own log id."""

    def json(self, content: Mapping[str, object], status: int = 200) -> Response:
        """Answer with JSON as it is."""
        return JSONResponse(content, status, headers=self.headers)

    def empty(self, status: int = 200) -> Response:
        """Answer without a body."""
        return Response(status_code=status, headers=self.headers)

    def success(self, data: Mapping[str, object] | None) -> Response:
        """Wrap *data*, if there is any, in the envelope of a success."""
        error = self._error("ok", "")
        return self.json(envelopes.wrap_success(data, error, self._switches))

    def refusal(self, error: ApiError | OAuthError) -> Response:
        """Turn *error* into what TikTok would send."""
        if isinstance(error, OAuthError):
            return self._oauth_refusal(error)
        return self._refusal(error, envelopes.status_of(error, self._switches))

    def quiet_refusal(self, error: ApiError) -> Response:
        """Refuse with HTTP 200, as creator_info does on purpose."""
        return self._refusal(error, self._switches.creator_info_status)

    def _refusal(self, error: ApiError, status: int) -> Response:
        code = envelopes.code_of(error, self._switches)
        said = self._error(code, envelopes.message_of(error, self._switches))
        content = envelopes.wrap_refusal(
            said, self._switches, self._endpoint, has_data=error.data
        )
        return self.json(content, status)

    def _oauth_refusal(self, error: OAuthError) -> Response:
        is_hidden = self._switches.oauth_error_status == "200"
        content = {
            "error": error.code,
            "error_description": str(error),
            **envelopes.trace(self.log_id, self._switches),
        }
        return self.json(content, 200 if is_hidden else error.status)

    def _error(self, code: str, message: str) -> dict[str, str]:
        trace = envelopes.trace(self.log_id, self._switches)
        return {"code": code, "message": message, **trace}


def new_log_id(now: float) -> str:
    """Return 34 characters in the shape of the recordings: time, then hex."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y%m%d%H%M%S}{secrets.token_hex(10).upper()}"
