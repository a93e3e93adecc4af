"""Make an authorized call of the API: a token and JSON out, an answer back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tiktok_bridge.tiktok import envelope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.answer import Answer
    from tiktok_bridge.tiktok.wire import Wire


class Calls:
    """The API at one base URL.

    Every call raises RefusedError when TikTok says no, BadAnswerError when what came
    back is none of this API, and NetworkError when no whole answer came.
    """

    def __init__(self, wire: Wire, base_url: str) -> None:
        self._wire = wire
        self._base_url = base_url

    def get(self, path: str, token: Secret, fields: Iterable[str]) -> Answer:
        """Ask for *fields* of what is at *path*."""
        return self._send("GET", path, token, fields, None)

    def post(
        self,
        path: str,
        token: Secret,
        body: dict[str, Any],
        fields: Iterable[str] = (),
    ) -> Answer:
        """Send *body* to *path*, asking for *fields* where the endpoint has them."""
        return self._send("POST", path, token, fields, body)

    def _send(
        self,
        method: str,
        path: str,
        token: Secret,
        fields: Iterable[str],
        body: dict[str, Any] | None,
    ) -> Answer:
        names = ",".join(fields)
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=UTF-8"
        reply = self._wire.send(
            method,
            self._base_url + path + (f"?{urlencode({'fields': names})}" * bool(names)),
            headers=headers,
            content=b""
            if body is None
            else json.dumps(body, ensure_ascii=False).encode(),
        )
        return envelope.read(reply, path, hide=(token,))
