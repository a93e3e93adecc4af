"""A whole journey, through every kind of fault, shows no secret at any log level."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx

from tiktok_bridge.models import PostKey
from tiktok_bridge.tiktok.wire import Transport

if TYPE_CHECKING:
    import pytest

    from tests.journeys.conftest import Studio

chat = logging.getLogger("somebody.else")

FAULTS: dict[str, list[dict[str, Any]]] = {
    "token": [{"kind": "html"}, {"kind": "status", "status": 503}],
    "creator_info": [{"kind": "status", "status": 401}, {"kind": "wrong_type"}],
    "video_init": [{"kind": "reset_before_reply"}, {"kind": "empty"}],
    "upload": [
        {"kind": "reset_after_bytes", "bytes": 1_000},
        {"kind": "reset_before_reply"},
    ],
    "status": [{"kind": "html"}, {"kind": "status", "status": 401}],
}


def upload_tokens(urls: set[str | None]) -> set[str]:
    """Return the tokens of the upload URLs that a post had, of which there are some."""
    found = {parse_qs(url)["upload_token"][0] for url in urls if url}
    assert found
    return found


def kept_by(caplog: pytest.LogCaptureFixture) -> str:
    shown = [record.getMessage() for record in caplog.records]
    shown += [str(record.exc_info) for record in caplog.records]
    return "\n".join([*shown, caplog.text])


def test_no_log_and_no_report_of_a_journey_holds_a_secret(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for endpoint, faults in FAULTS.items():
        studio.sandbox.faults(endpoint, faults)
    studio.clock.sleep(86_400)  # the token has ended and is renewed
    events: list[object] = []
    urls: set[str | None] = set()

    def hear(event: object) -> None:
        events.append(event)
        urls.add(bridge.ledger.named("one").upload_url)

    with studio.bridge(on_event=hear) as bridge:
        for _ in range(5):  # a run ends when it meets nothing but refusals
            result = bridge.publish(studio.post())
        history = [repr(move) for move in bridge.ledger.history(PostKey("acme", "one"))]
    secrets = {studio.sandbox.client_secret, *upload_tokens(urls)}
    first = json.loads((studio.folder / "acme-token.json").read_text())
    for token in (first, studio.sandbox.token()):
        secrets |= {token["access_token"], token["refresh_token"]}

    assert result.state == "PUBLISHED"
    studio.sandbox.assert_consumed()
    assert len(secrets) >= 6
    shown = "\n".join([kept_by(caplog), repr(result), *history, json.dumps(events)])
    assert len(shown) > 2_000
    assert [one for one in secrets if one in shown] == []


class Chatty(httpx.BaseTransport):
    """A network of somebody who logs everything that goes out and comes back."""

    def __init__(self) -> None:
        self._transport = Transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            chat.debug("%s %r", request.url, request.read())
        chat.debug("%s %s %s", request.method, request.url, request.headers.raw)
        response = self._transport.handle_request(request)
        body = response.read()
        response.close()
        chat.debug("%s %r", response.headers, body, extra={"body": body.decode()})
        return httpx.Response(
            response.status_code, headers=response.headers, content=body
        )

    def close(self) -> None:
        self._transport.close()


def test_a_handler_with_the_redaction_shows_no_secret_that_others_log(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clean: logging.StreamHandler[io.StringIO] = logging.StreamHandler(io.StringIO())
    clean.setFormatter(
        logging.Formatter("%(name)s %(message)s %(body)s", defaults={"body": ""})
    )
    studio.clock.sleep(86_400)  # the token has ended and is renewed
    urls: set[str | None] = set()

    def hear(_: object) -> None:
        urls.add(bridge.ledger.named("one").upload_url)

    with studio.bridge(transport=Chatty(), on_event=hear) as bridge:
        bridge.redaction.put_on(clean)
        logging.getLogger().addHandler(clean)
        try:
            result = bridge.publish(studio.post())
        finally:
            logging.getLogger().removeHandler(clean)
    secrets = {studio.sandbox.client_secret, *upload_tokens(urls)}
    first = json.loads((studio.folder / "acme-token.json").read_text())
    for token in (first, studio.sandbox.token()):
        secrets |= {token["access_token"], token["refresh_token"]}
    shown = clean.stream.getvalue()

    assert result.state == "PUBLISHED"
    assert result.publish_id
    assert result.publish_id in shown
    assert len([one for one in secrets if one in caplog.text]) >= 4
    assert [one for one in secrets if one in shown] == []
    assert "act." not in shown.replace("act.***", "")
