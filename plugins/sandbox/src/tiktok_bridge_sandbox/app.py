"""The ASGI application: the table of urls, served for one sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tiktok_bridge_sandbox import bodies
from tiktok_bridge_sandbox.answers import new_log_id
from tiktok_bridge_sandbox.bodies import BodyTooLargeError
from tiktok_bridge_sandbox.calls import Call
from tiktok_bridge_sandbox.conformity import violations_of_answer
from tiktok_bridge_sandbox.errors import ApiError, OAuthError
from tiktok_bridge_sandbox.sabotage import PERFORMERS, Exchange
from tiktok_bridge_sandbox.upload_responses import upload
from tiktok_bridge_sandbox.urls import CONTROLS, ENDPOINTS, UPLOAD_DOORS

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tiktok_bridge_sandbox.sandbox import Sandbox
    from tiktok_bridge_sandbox.urls import Control, Handler


def build_app(sandbox: Sandbox) -> Starlette:
    """Return the application that serves *sandbox*."""
    routes = [
        Route(path, Endpoint(name, handler, sandbox), methods=[method])
        for name, (method, path, handler) in ENDPOINTS.items()
    ]
    routes += [
        Route(path, Endpoint("upload", upload, sandbox), methods=["PUT"])
        for path in UPLOAD_DOORS
    ]
    routes += [
        Route(path, ControlEndpoint(handler, sandbox), methods=methods.split())
        for path, (methods, handler) in CONTROLS.items()
    ]
    app = Starlette(routes=routes)
    # TikTok answers 404 when the slash at the end is missing.
    app.router.redirect_slashes = False
    return app


class Endpoint:
    """One of TikTok's endpoints: count the call, meet the fault, answer."""

    def __init__(self, name: str, handler: Handler, sandbox: Sandbox) -> None:
        self._name = name
        self._handler = handler
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        backend = self._sandbox.backend
        backend.calls[self._name] += 1
        fault = backend.faults.take(self._name)
        if fault is None:
            await self._answer(scope, receive, send)
            return
        log_id = new_log_id(backend.now())
        exchange = Exchange(
            self._name,
            log_id,
            fault,
            backend.switches,
            self._answer,
            scope,
            receive,
            send,
        )
        await PERFORMERS[fault.kind](exchange)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = receive if self._name == "upload" else bodies.limit(receive)
        call = Call(self._name, Request(scope, taken), self._sandbox.backend)
        try:
            response = await self._handler(call)
        except (ApiError, OAuthError) as error:
            response = call.answers.refusal(error)
        except BodyTooLargeError:
            # No page knows such an answer: it is a gateway's.
            await call.answers.empty(413)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        lawful = self._lawful(call, response)
        await lawful(scope, receive, send)

    def _lawful(self, call: Call, response: Response) -> Response:
        """Return *response*, or a loud failure if it breaks its own schema."""
        wished = call.backend.switches.fail_reason
        violations = violations_of_answer(self._name, response, wished)
        if not violations:
            return response
        self._sandbox.contract_violations.extend(violations)
        return PlainTextResponse(violations[0], 500, headers=call.answers.headers)


class ControlEndpoint:
    """One of the sandbox's own endpoints."""

    def __init__(self, handler: Control, sandbox: Sandbox) -> None:
        self._handler = handler
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a bad one is told what was wrong."""
        request = Request(scope, bodies.limit(receive))
        try:
            response = await self._handler(request, self._sandbox)
        except BodyTooLargeError:
            words = f"the body is longer than {bodies.LIMIT} bytes"
            response = JSONResponse({"error": words}, 413)
        except ValueError as error:
            response = JSONResponse({"error": str(error)}, 400)
        except ClientDisconnect:
            return
        await response(scope, receive, send)
