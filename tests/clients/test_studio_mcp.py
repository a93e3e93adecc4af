"""tiktok-studio-mcp, the tools of an agent; its base URL is a constant."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import tiktok_mcp.client
from tiktok_mcp.client import TikTok
from tiktok_mcp.secrets import FileStore
from tiktok_mcp.server import build_app

from tests.clients.conftest import hollow, only_post

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox


class Agent:
    """Somebody who uses the tools, over nothing but their names."""

    def __init__(self, sandbox: TikTokSandbox, store: FileStore) -> None:
        self.sandbox = sandbox
        self.store = store
        self.app = build_app(TikTok(store))
        self.authorize()

    def authorize(self) -> None:
        self.store.set("client_key", self.sandbox.client_key)
        self.store.set("client_secret", self.sandbox.client_secret)
        self.store.set("refresh_token", self.sandbox.token()["refresh_token"])

    def restart(self, scenario: str = "audited", **switches: object) -> None:
        self.sandbox.reset(scenario, **switches)
        self.authorize()

    def use(self, name: str, **arguments: object) -> dict[str, Any]:
        (answer,) = asyncio.run(self.app.call_tool(name, arguments))
        return dict(json.loads(answer.text))


@pytest.fixture
def agent(
    tiktok_sandbox: TikTokSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Agent:
    base_url = tiktok_sandbox.base_url
    monkeypatch.setattr(tiktok_mcp.client, "API", base_url)
    monkeypatch.setattr(tiktok_mcp.client, "TOKEN_URL", f"{base_url}/v2/oauth/token/")
    monkeypatch.setenv("TIKTOK_MCP_MODE", "publish")
    return Agent(tiktok_sandbox, FileStore(tmp_path / "credentials.json"))


def test_its_health_check_finds_the_account(agent: Agent) -> None:
    before = agent.store.get("refresh_token")

    health = agent.use("health_check")

    assert (health["auth"], health["account"]) == ("ok", "Acme")
    assert "SELF_ONLY" in health["privacy_options"]
    assert agent.store.get("refresh_token") != before


def test_a_direct_post_completes_once(agent: Agent, clip: Path) -> None:
    posted = agent.use("post_video", file_path=str(clip), privacy_level="SELF_ONLY")
    agent.sandbox.advance(5)

    answer = agent.use("post_status", publish_id=posted["publish_id"])
    assert answer["data"] == {"status": "PUBLISH_COMPLETE"}
    assert only_post(agent.sandbox, clip)["privacy_level"] == "SELF_ONLY"


def test_a_public_post_has_numbers(agent: Agent, clip: Path) -> None:
    agent.use("post_video", file_path=str(clip), privacy_level="PUBLIC_TO_EVERYONE")
    agent.sandbox.advance(5)

    listed = agent.use("list_videos")["data"]["videos"]
    asked = agent.use("video_stats", video_ids=[str(listed[0]["id"])])

    (video,) = asked["data"]["videos"]
    assert (video["id"], video["view_count"]) == (listed[0]["id"], 0)


def test_a_draft_needs_no_permission_to_publish(
    agent: Agent, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.restart("scope-missing")
    monkeypatch.setenv("TIKTOK_MCP_MODE", "upload")

    posted = agent.use("post_video", file_path=str(clip))
    agent.sandbox.advance(5)

    answer = agent.use("post_status", publish_id=posted["publish_id"])
    assert answer["data"] == {"status": "SEND_TO_USER_INBOX"}
    assert only_post(agent.sandbox, clip)["mode"] == "inbox"


def test_it_refreshes_once_when_the_token_is_dead(agent: Agent) -> None:
    agent.use("health_check")
    agent.sandbox.advance(90_000)

    assert agent.use("health_check")["auth"] == "ok"
    assert agent.sandbox.state()["calls"]["token"] == 2


@pytest.mark.parametrize("megabyte", ["decimal", "binary"])
@pytest.mark.parametrize(
    "size_bytes",
    [
        pytest.param(22_000_000, id="one-chunk-larger-than-the-video"),
        pytest.param(70_000_000, id="one-chunk-smaller-than-the-video"),
    ],
)
def test_one_chunk_that_is_not_the_whole_video_is_refused(
    agent: Agent, tmp_path: Path, size_bytes: int, megabyte: str
) -> None:
    """It cuts by 64 MiB from 5 MiB on, and floors 70 MB to a single chunk."""
    agent.restart(megabyte=megabyte)
    video = hollow(tmp_path / "film.mp4", size_bytes)

    with pytest.raises(Exception, match=r"\(400\).*The chunk size is invalid"):
        agent.use("post_video", file_path=str(video))

    assert agent.sandbox.state()["publishes"] == []


def test_chunks_of_64_mib_pass_where_a_megabyte_is_binary(
    agent: Agent, tmp_path: Path
) -> None:
    agent.restart(megabyte="binary")
    video = hollow(tmp_path / "film.mp4", 2 * 67_108_864 + 5)

    posted = agent.use("post_video", file_path=str(video))

    assert posted["chunks_sent"] == 2
    assert only_post(agent.sandbox, video)["received"] == 134_217_733
