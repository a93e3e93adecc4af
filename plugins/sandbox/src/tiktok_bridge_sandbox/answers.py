"""The shapes in which TikTok answers, by the switches."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from tiktok_bridge_sandbox.errors import ApiError, OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches


class Answers:
    """The possible answers to one request; they share its log id."""

    def __init__(self, switches: Switches, now: float) -> None:
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

    def success(self, data: Mapping[str, object]) -> Response:
        """Wrap *data* in the envelope of a success."""
        return self.json({"data": data, "error": self._error("ok", "")})

    def refusal(self, error: ApiError | OAuthError) -> Response:
        """Turn *error* into what TikTok would send."""
        if isinstance(error, OAuthError):
            return self._oauth_refusal(error)
        code, status = error.code, error.status
        if code == "invalid_params":
            code = self._switches.invalid_code
        if code == "spam_risk_too_many_pending_share":
            status = self._switches.pending_share_status
        if code == "privacy_level_option_mismatch":
            status = self._switches.option_mismatch_status
        content: dict[str, object] = {"error": self._error(code, str(error))}
        if error.data:
            content["data"] = {}
        return self.json(content, status)

    def quiet_refusal(self, error: ApiError) -> Response:
        """Refuse with HTTP 200, as creator_info does on purpose."""
        return self.json({"error": self._error(error.code, str(error))})

    def _oauth_refusal(self, error: OAuthError) -> Response:
        is_hidden = self._switches.oauth_error_status == "200"
        content = {
            "error": error.code,
            "error_description": str(error),
            self._switches.log_id_key: self.log_id,
        }
        return self.json(content, 200 if is_hidden else error.status)

    def _error(self, code: str, message: str) -> dict[str, str]:
        key = self._switches.log_id_key
        return {"code": code, "message": message, key: self.log_id}


def new_log_id(now: float) -> str:
    """Return 34 characters in the shape of the recordings: time, then hex."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y%m%d%H%M%S}{secrets.token_hex(10).upper()}"
