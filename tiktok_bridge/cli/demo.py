"""Publish real videos to a local TikTok, to see the whole journey at once."""

from __future__ import annotations

import json
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tiktok_bridge.cli import starter
from tiktok_bridge.cli.app import App, print_table
from tiktok_bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tiktok_bridge.models import Result

SIZES: Final = {
    "clip.mp4": None,
    "draft.mp4": 6_000_000,
    "large.mp4": 70_000_000,
    "larger.mp4": 130_000_000,
}
"""The videos of the demo, in bytes; the first is the test clip as it is."""

POSTS: Final = """\
# The app of this demo has not passed TikTok's audit. `acme` is a private account, to
# which such an app may post; `shop` is a public one, to which it may not.
version: 1
defaults: {account: acme}
posts:
  - id: small
    video: clip.mp4
    title: "Spring is here #spring"
    privacy: SELF_ONLY
  - id: seven-chunks
    video: large.mp4
    title: "70 MB in seven chunks"
    privacy: SELF_ONLY
  - id: thirteen-chunks
    video: larger.mp4
    title: "130 MB in thirteen chunks"
    privacy: SELF_ONLY
  - id: draft
    account: shop
    video: draft.mp4
    mode: inbox
  - id: refused
    account: shop
    video: clip.mp4
    title: "SELF_ONLY, and refused all the same"
    privacy: SELF_ONLY
"""

EXPECTED: Final = {
    "small": "PUBLISHED",
    "seven-chunks": "PUBLISHED",
    "thirteen-chunks": "PUBLISHED",
    "draft": "IN_INBOX",
    "refused": "FAILED",
}


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Keep the files in this folder; they are removed otherwise.",
)
@click.pass_obj
def demo(app: App, folder: Path | None) -> int:
    """Publish five real videos to a local TikTok. Needs no account and no network."""
    import tempfile

    if folder:
        return _run(app, folder.resolve())
    with tempfile.TemporaryDirectory(prefix="tiktok-bridge-") as temporary:
        return _run(app, Path(temporary))


def _run(app: App, folder: Path) -> int:
    from tiktok_bridge.cli.check import read
    from tiktok_bridge.cli.progress import shown
    from tiktok_bridge.cli.results import print_results

    with _sandbox(app, folder / "tokens") as sandbox:
        click.echo(f"a local TikTok answers at {sandbox['base_url']}", err=True)
        _write(folder, sandbox)
        demo_app = replace(app, config=folder / "bridge.yaml")
        with shown() as show, demo_app.bridge(**show) as bridge:
            _import(bridge, sandbox)
            results = bridge.publish_file(read(folder / "posts.yaml"))
        print_results(results)
        same = _compare(folder, results, sandbox["base_url"])
    as_expected = {result.id: result.state for result in results} == EXPECTED
    if as_expected and same:
        click.echo("\nthe demo ended as it should: four arrived, one was refused")
        return 0
    click.echo("\nthe demo did not end as it should", err=True)
    return 1


@contextmanager
def _sandbox(app: App, tokens: Path) -> Iterator[dict[str, Any]]:
    """Run `tiktok-bridge sandbox` in a process of its own."""
    import subprocess

    if "sandbox" not in {name for name, _ in app.host.plugins.list_name_plugin()}:
        raise BridgeError(
            "the demo needs the sandbox plugin",
            hint="install tiktok-bridge-sandbox (or tiktok-bridge[all])",
        )
    command = [sys.executable, "-m", "tiktok_bridge", "sandbox", "--port", "0"]
    command += ["--scenario", "demo", "--tokens", str(tokens), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            assert process.stdout  # noqa: S101 - it is a pipe
            line = process.stdout.readline()
            if not line:
                raise BridgeError("the sandbox did not start")
            yield json.loads(line)
        finally:
            process.terminate()


def _write(folder: Path, sandbox: dict[str, Any]) -> None:
    app = starter.sandbox_app(
        sandbox["base_url"], sandbox["client_key"], sandbox["client_secret"]
    )
    starter.write(folder, app, POSTS)
    for name, size in SIZES.items():
        starter.write_clip(folder / "media" / name, size)


def _import(bridge: Any, sandbox: dict[str, Any]) -> None:  # noqa: ANN401 - a lazy name
    import time

    from tiktok_bridge.tiktok import token as tokens

    for account in sandbox["accounts"]:
        response = json.loads(Path(account["token_file"]).read_text(encoding="utf-8"))
        token = tokens.from_response(response, time.time())
        bridge.vault.save(account["account"], token)


def _compare(folder: Path, results: Sequence[Result], base_url: str) -> bool:
    """Show the bytes that the sandbox received beside those of the files."""
    import hashlib

    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.tiktok.wire import Wire

    with closing(Wire()) as wire:
        reply = wire.send("GET", f"{base_url}/_sandbox/state", headers={})
    received = {one["publish_id"]: one for one in json.loads(reply.body)["publishes"]}
    videos = {p.id: p.video for p in PostsFile.read(folder / "posts.yaml").posts}
    rows, same = [], True
    for result in results:
        if result.state == "FAILED":
            continue
        path = folder / "media" / videos[result.id]
        there = received[result.publish_id]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sent = (path.stat().st_size, digest)
        equal = sent == (there["received"], there["sha256"])
        same = same and equal
        rows.append([path.name, f"{sent[0]:,}", digest[:16], "yes" if equal else "NO"])
    click.echo()
    print_table(["file", "bytes", "sha256", "the same at the sandbox"], rows)
    return same
