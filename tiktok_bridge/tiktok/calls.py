"""Make an authorized call of the API: a token and JSON out, an answer back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.tiktok import envelope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.answer import Answer
    from tiktok_bridge.tiktok.wire import Wire

TOKEN: Final = re.compile("[!-~]+")
"""What an access token can be, so that a header holds it."""


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
        if isinstance(fields, str):
            raise ConfigError(f"give the fields one by one, not as {fields!r}")
        names = ",".join(fields)
        if not TOKEN.fullmatch(token.reveal()):
            raise ConfigError("an access token cannot be sent: no header can hold it")
        self._wire.redaction.add(token)
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=UTF-8"
        reply = self._wire.send(
            method,
            self._base_url + path + (f"?{urlencode({'fields': names})}" * bool(names)),
            headers=headers,
            content=_encoded(body),
        )
        return envelope.read(reply, path, hide=(token,))


def _encoded(body: dict[str, Any] | None) -> bytes:
    if body is None:
        return b""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise ConfigError(f"a post cannot be sent: {error}") from None
