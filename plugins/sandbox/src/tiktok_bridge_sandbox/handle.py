"""A test's handle on a running sandbox, over its control endpoints."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tiktok_bridge_sandbox.apps import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATIENCE: Final = 10.0
"""Seconds that the sandbox has to answer."""

ATTEMPT: Final = 5.0
"""Seconds that one attempt to deliver an event may take."""


class TikTokSandbox:
    """Drives the sandbox at *base_url*, in this process or any other."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    @property
    def client_key(self) -> str:
        """Key of the app that a client should be; a sandbox app has its own."""
        return str(self.state()["app"]["client_key"])

    @property
    def client_secret(self) -> str:
        """Secret that goes with :attr:`client_key`."""
        return SECRETS[self.client_key]

    def token(self, account: str = "acme") -> dict[str, Any]:
        """Return the newest token response of *account*, as TikTok sent it."""
        tokens = self._call("GET", "tokens")
        return dict(tokens[account])

    def state(self) -> dict[str, Any]:
        """Return everything that happened so far."""
        return self._call("GET", "state")

    def login(
        self,
        url: str,
        account: str = "acme",
        scopes: Iterable[str] | None = None,
        *,
        deny: bool = False,
    ) -> str:
        """Answer the page at an authorize URL; return where it redirects to.

        *scopes* are those that are ticked, None all of them. The scan URL of a
        QR login is answered the same way and leads back to itself.
        """
        ticked = None if scopes is None else list(scopes)
        body = {"url": url, "account": account, "scopes": ticked, "deny": deny}
        return str(self._call("POST", "login", body)["location"])

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

    def creator(self, action: str, **about: object) -> None:
        """Let a creator do something in the TikTok app; see the README."""
        self._call("POST", "creator", {"action": action, **about})

    def webhooks(self) -> list[dict[str, Any]]:
        """Return every event that is due, with its body and attempts."""
        return self._webhooks("GET")

    def deliver(self) -> list[dict[str, Any]]:
        """Bring every undelivered event to the webhook now; return all events."""
        return self._webhooks("POST", {"deliver": True})

    def redeliver(self, number: int | None = None) -> list[dict[str, Any]]:
        """Bring an event, or all of them, once more: at least once is the rule."""
        chosen = True if number is None else number
        return self._webhooks("POST", {"redeliver": chosen})

    def assert_consumed(self) -> None:
        """Fail unless every queued fault met its call."""
        pending = self.state()["pending_faults"]
        if pending:
            raise AssertionError(f"faults that no call met: {pending}")

    def assert_lawful(self) -> None:
        """Fail unless every answer of the sandbox followed its schema."""
        violations = self.state()["contract_violations"]
        if violations:
            raise AssertionError(f"the sandbox's own mistakes: {violations}")

    def _webhooks(
        self, method: str, body: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        # Every event may be under way already, and come once more after that.
        attempts = 2 * len(self.state()["webhooks"])
        patience = PATIENCE + ATTEMPT * attempts
        return list(self._call(method, "webhooks", body, patience)["webhooks"])

    def _call(
        self,
        method: str,
        name: str,
        body: Mapping[str, object] | None = None,
        patience: float = PATIENCE,
    ) -> dict[str, Any]:
        netloc = urlsplit(self.base_url).netloc
        connection = HTTPConnection(netloc, timeout=patience)
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
