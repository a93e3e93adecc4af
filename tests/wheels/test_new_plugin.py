"""A plugin that `plugins new` wrote is built, installed and used like any other."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.wheels.program import run

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox


@pytest.fixture
def plugin(python: Path, tmp_path: Path) -> Path:
    run(python.with_name("tiktok-bridge"), "plugins", "new", "vault", cwd=tmp_path)
    return tmp_path / "tiktok-bridge-vault"


def test_the_next_publish_uses_its_token_store(
    plugin: Path, python: Path, tmp_path: Path, tiktok_sandbox: TikTokSandbox
) -> None:
    build = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps")
    run(*build, "--no-build-isolation", "-w", tmp_path, plugin, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    run(python, "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    program, studio = python.with_name("tiktok-bridge"), tmp_path / "studio"
    run(program, "init", "--sandbox", studio, cwd=tmp_path)
    config = (studio / "bridge.yaml").read_text()
    config = config.replace("http://127.0.0.1:3480", tiktok_sandbox.base_url)
    config = config.replace("file:state/tokens", f'"vault:{tmp_path}/tokens"')
    (studio / "bridge.yaml").write_text(config)
    (studio / "token.json").write_text(json.dumps(tiktok_sandbox.token("acme")))

    run(program, "auth", "import", "acme", "token.json", cwd=studio)
    published = run(program, "publish", "posts.yaml", cwd=studio)
    told = json.loads(run(program, "plugins", "--format", "json", cwd=studio))
    run(python, "-m", "pip", "uninstall", "-q", "-y", "tiktok-bridge-vault", cwd=studio)

    assert "PUBLISHED" in published
    assert {one["error"] for one in told["plugins"]} == {None}
    (vault,) = (one for one in told["plugins"] if one["name"] == "vault")
    assert (vault["hook_version"], vault["hooks"]) == (1, ["open_token_store"])
    assert told["health"][0]["words"] == "readable; accounts: 1"
    assert not (studio / "state" / "tokens").exists()


def test_its_types_are_checked_against_the_installed_ones(
    plugin: Path, python: Path
) -> None:
    cache = plugin / "cache"
    mypy = (sys.executable, "-m", "mypy", "--cache-dir", cache, "src")

    assert "no issues" in run(*mypy, "--python-executable", python, cwd=plugin)
