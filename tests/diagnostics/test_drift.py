"""How TikTok's answers differ from its pages, and how old a release is."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.outcome import DAY, NOW, SILENT, judged, told
from tiktok_bridge_diagnostics import derive, snapshot
from tiktok_bridge_diagnostics.collectors.release import RELEASE
from tiktok_bridge_diagnostics.exchange import Exchange

if TYPE_CHECKING:
    from tiktok_bridge import Fact

PATHS = {name: path for path, name in derive.ENDPOINTS.items()}
OK = {"code": "ok", "message": "", "log_id": "L"}
DONE = {"status": "PUBLISH_COMPLETE"}


def http(
    endpoint: str,
    data: dict[str, Any] | None = None,
    error: Any = None,  # noqa: ANN401 - whatever came
    *,
    status: int = 200,
    number: int = 1,
) -> Fact:
    """The fact of an answer."""
    body: dict[str, Any] = {"data": data or {}, "error": error or OK}
    if endpoint == "token":
        body = data or {}
    exchange = Exchange(
        by="creator",
        number=number,
        about="acme",
        at=NOW + number,
        seconds=0.1,
        method="POST",
        url=f"https://open.tiktokapis.com{PATHS[endpoint]}",
        asked_headers={},
        asked="{}",
        status=status,
        phrase="",
        headers={"content-type": ["application/json"]},
        answered=json.dumps(body),
        broke=None,
    )
    (fact,) = derive.facts([exchange])
    return fact


def test_the_snapshot_agrees_with_the_schemas() -> None:
    for endpoint, names in snapshot.FIELDS.items():
        file = f"{endpoint.replace('_', '-')}-answer.schema.json"
        schema = json.loads(
            (files("tiktok_bridge.schemas") / "tiktok" / file).read_text()
        )
        properties = schema["properties"]["data"]["properties"]

        assert names == set(properties)
        if endpoint == "status":
            assert set(properties["status"]["enum"]) == snapshot.STATUSES
        if endpoint == "creator_info":
            levels = properties["privacy_level_options"]["items"]["enum"]
            assert set(levels) == snapshot.LEVELS


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (http("status", DONE | {"reach": 7}), "status.reach"),
        (http("status", {"status": "IN_REVIEW"}), "status IN_REVIEW"),
        (
            http("creator_info", {"privacy_level_options": ["ALL", 7]}),
            "level 7, level ALL",
        ),
        (http("video_init", error={"code": "moon_phase"}), "code moon_phase"),
    ],
)
def test_what_no_page_names_is_told(fact: Fact, says: str) -> None:
    (one,) = judged("api.unknown", [fact, http("status", DONE, number=9)])

    assert (one.status.value, one.reason) == ("warn", "something-new")
    assert one.says == f"not known here: {says}"
    assert one.evidence == (fact,)


def test_what_pages_name_is_nothing_new() -> None:
    facts = [
        http("status", DONE | {"publicaly_available_post_id": [1]}),
        http("creator_info", {"privacy_level_options": ["SELF_ONLY"]}, number=2),
        http("video_init", error={"code": "reached_active_user_cap"}, number=3),
        http("video_init", error={"code": "invalid_param"}, number=4),
    ]

    assert told("api.unknown", facts)[0][:2] == ("pass", "nothing-new")
    assert told("api.unknown", []) == SILENT


def test_names_that_were_seen_are_listed() -> None:
    facts = [
        http("status", DONE | {"publicaly_available_post_id": "7"}),
        http("video_init", error={"code": "invalid_params", "logid": "L"}, number=2),
    ]

    (one,) = judged("api.naming", facts)

    assert one.status.value == "pass"
    assert one.says == (
        "invalid-argument: invalid_params; log-id: log_id and logid;"
        " post-id-name: publicaly_available_post_id; post-id-shape: scalar"
    )
    assert told("api.naming", []) == SILENT


@pytest.mark.parametrize(
    ("one", "other", "point"),
    [
        (
            http("creator_info", error={"code": "reached_active_user_cap"}),
            http("creator_info", error={"code": "reached_active_user_cap"}, status=403),
            "ban-status: 200 and 403",
        ),
        (
            http("token", {"expires_in": 86_400}),
            http("token", {"expires_in": 7_200}),
            "token-life: 7200 s and 86400 s",
        ),
        (
            http("status", DONE),
            http("status", DONE | {"privacy_level": "SELF_ONLY"}),
            "status-level: named and not-named",
        ),
    ],
)
def test_behaviour_that_changed_is_warned_of(
    one: Fact, other: Fact, point: str
) -> None:
    other = replace(other, id="creator#2")

    assert told("ver.behaviour", [one])[0][:2] == ("pass", "steady")
    (found,) = judged("ver.behaviour", [one, other])
    assert (found.status.value, found.reason) == ("warn", "changed")
    assert point in found.says
    assert told("ver.behaviour", []) == SILENT


def test_a_release_grows_old() -> None:
    visit: Any = SimpleNamespace()
    (fact,) = RELEASE.collect(visit)
    read = fact.data["read_at"]

    for days, status in ((0, "pass"), (90, "pass"), (91, "warn")):
        (one,) = judged("ver.self", [fact], read + days * DAY)
        assert one.status.value == status
    assert told("ver.self", []) == SILENT
