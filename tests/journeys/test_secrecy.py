"""A whole journey, through every kind of fault, shows no secret at any log level."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tiktok_bridge.models import PostKey

if TYPE_CHECKING:
    import pytest

    from tests.journeys.conftest import Studio

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
    with studio.bridge(on_event=events.append) as bridge:
        for _ in range(5):  # a run ends when it meets nothing but refusals
            result = bridge.publish(studio.post())
        url = bridge.ledger.named("one").upload_url or ""
        history = [repr(move) for move in bridge.ledger.history(PostKey("acme", "one"))]
    secrets = {studio.sandbox.client_secret, *parse_qs(url)["upload_token"]}
    first = json.loads((studio.folder / "acme-token.json").read_text())
    for token in (first, studio.sandbox.token()):
        secrets |= {token["access_token"], token["refresh_token"]}

    assert result.state == "PUBLISHED"
    studio.sandbox.assert_consumed()
    assert len(secrets) >= 6
    shown = "\n".join([kept_by(caplog), repr(result), *history, json.dumps(events)])
    assert len(shown) > 2_000
    assert [one for one in secrets if one in shown] == []
