"""One HTTP request as the backend's rules see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_sandbox import bodies
from tiktok_bridge_sandbox.answers import Answers
from tiktok_bridge_sandbox.conformity import check_request
from tiktok_bridge_sandbox.errors import (
    AccessTokenInvalidError,
    InvalidParamsError,
    ScopeNotAuthorizedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend

BEARER = "Bearer "


class Call:
    """A request with the backend that judges it."""

    def __init__(self, endpoint: str, request: Request, backend: Backend) -> None:
        self.endpoint = endpoint
        self.request = request
        self.backend = backend
        self.answers = Answers(endpoint, backend.switches, backend.now())
        self.scopes: tuple[str, ...] = ()
        """What the token opens, once it was authorized."""
        self.client_key = ""
        """The app the token was given to, once it was authorized."""

    def authorize(self, *scopes: str) -> Creator:
        """Return whose token this is, if it holds one of *scopes*."""
        header = self.request.headers.get("authorization", "")
        if not header.startswith(BEARER):
            raise AccessTokenInvalidError
        token = header.removeprefix(BEARER)
        grant = self.backend.tokens.authenticate(token, self.backend.now())
        self.scopes, self.client_key = grant.scopes, grant.client_key
        if not set(scopes) & set(grant.scopes):
            raise ScopeNotAuthorizedError
        if self.backend.switches.limits:
            self.backend.limits.spend(self.endpoint, token, self.backend.now())
        return grant.creator

    @property
    def app(self) -> App:
        """The app behind the token."""
        return self.backend.app_of(self.client_key)

    async def json(self) -> dict[str, object]:
        """Return the body, which must follow the schema of its endpoint."""
        body = await self.parse()
        self.check(body)
        return body

    def check(self, body: Mapping[str, object]) -> None:
        """Refuse a body that breaks the schema of its endpoint."""
        is_lenient = self.backend.switches.unknown_fields == "ignore"
        check_request(self.endpoint, body, is_lenient=is_lenient)

    async def parse(self) -> dict[str, object]:
        """Return the body, which must be a JSON object and say so."""
        if not is_json(self.request.headers.get("content-type", "")):
            raise InvalidParamsError("The content type is not application/json")
        try:
            body = bodies.parse(await self.request.body())
        except ValueError as error:
            raise InvalidParamsError("The body is not valid JSON") from error
        if not isinstance(body, dict):
            raise InvalidParamsError("The body is not a JSON object")
        return body


def is_json(content_type: str) -> bool:
    """Tell whether a Content-Type header announces JSON in UTF-8."""
    kind, _, parameter = content_type.lower().partition(";")
    return kind.strip() == "application/json" and parameter.strip() in (
        "",
        "charset=utf-8",
    )
