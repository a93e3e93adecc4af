"""A test's handle on a running sandbox, over its control endpoints."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tiktok_bridge_sandbox.models import CLIENT_KEY, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class TikTokSandbox:
    """Drives the sandbox at *base_url*, in this process or any other."""

    client_key = CLIENT_KEY
    client_secret = CLIENT_SECRET

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def token(self, account: str = "acme") -> dict[str, Any]:
        """Return the newest token response of *account*, as TikTok sent it."""
        tokens = self._call("GET", "tokens")
        return dict(tokens[account])

    def state(self) -> dict[str, Any]:
        """Return everything that happened so far."""
        return self._call("GET", "state")

    def faults(
        self, endpoint: str, faults: Iterable[Mapping[str, object] | None]
    ) -> None:
        """Queue *faults* for the next calls of *endpoint*; None is no fault."""
        self._call("POST", "faults", {"endpoint": endpoint, "faults": list(faults)})

    def reset(self, scenario: str | None = None, **switches: object) -> None:
        """Forget everything; start over in *scenario*, changed by *switches*."""
        body: dict[str, object] = {"switches": switches}
        if scenario is not None:
            body["scenario"] = scenario
        self._call("POST", "reset", body)

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self._call("POST", "clock", {"advance": seconds})

    def assert_consumed(self) -> None:
        """Fail unless every queued fault met its call."""
        pending = self.state()["pending_faults"]
        if pending:
            raise AssertionError(f"faults that no call met: {pending}")

    def _call(
        self, method: str, name: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=10)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/_sandbox/{name}", sent)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400:  # noqa: PLR2004 - the first error status of HTTP
            raise ValueError(answer["error"])
        return dict(answer)
