"""An explanation says where the code was met."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Studio

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox

CODE = "unaudited_client_can_only_post_to_private_accounts"


@pytest.fixture
def refused(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    """An installation whose first post was refused."""
    tiktok_sandbox.reset("unaudited-public-account")
    studio = Studio(tmp_path, tiktok_sandbox)
    studio.log_in("acme")
    assert studio.run("publish", str(tmp_path / "posts.yaml")) == 1
    return studio


def test_a_code_that_posts_met_is_told_with_its_log_id(
    refused: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    refused.run("doctor", "explain", CODE)
    said = capsys.readouterr().out

    refused.run("doctor", "explain", "--format", "json", CODE)
    (met,) = json.loads(capsys.readouterr().out)["met"]
    assert (met["code"], met["posts"], met["account"]) == (CODE, 1, "acme")
    assert met["log_id"]
    assert f"log id {met['log_id']}" in said.replace("\n", " ")


def test_a_code_that_no_post_met_is_explained_alone(
    refused: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    refused.run("doctor", "explain", "--format", "json", "spam_risk")

    assert json.loads(capsys.readouterr().out)["met"] == []


def test_without_an_installation_nothing_was_met(
    tmp_path: Path, tiktok_sandbox: TikTokSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = Studio(tmp_path, tiktok_sandbox)
    (tmp_path / "bridge.yaml").write_text("version: [")

    assert studio.run("doctor", "explain", "--format", "json", CODE) == 0
    assert json.loads(capsys.readouterr().out)["met"] == []
