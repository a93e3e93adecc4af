"""Write the files of a new installation."""

from __future__ import annotations

from shutil import copyfileobj
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMAS: Final = ".schemas"
"""Folder, beside the files, from which editors take the schemas."""

CONFIG: Final = """\
# yaml-language-server: $schema=.schemas/bridge.schema.json
version: 1
app:
  client_key: {client_key}
  client_secret: {client_secret}
  redirect_uri: http://127.0.0.1:3455/callback/
  platform: desktop
  environment: production
  scopes: [user.info.basic, video.publish, video.upload]
{api}ledger: sqlite:///state/ledger.db
tokens: file:state/tokens
keys: file:state/keys.json
media_root: media
notify:
  - {{to: "file:state/events.jsonl"}}
on_unaudited: fail
"""

POSTS: Final = """\
# yaml-language-server: $schema=.schemas/posts.schema.json
version: 1
defaults: {account: acme}
posts:
  - id: first-post
    video: clip.mp4
    title: "My first post #hello"
    privacy: SELF_ONLY
"""

REAL_APP: Final = {
    "client_key": "${TIKTOK_CLIENT_KEY}",
    "client_secret": "${TIKTOK_CLIENT_SECRET}",
    "api": "",
}

BOX_HEADER: Final = 8
"""Bytes of the size and the type of an MP4 box."""

SANDBOX_URL: Final = "http://127.0.0.1:3480"
"""Where `tiktok-bridge sandbox` listens unless told otherwise."""


def sandbox_app(
    base_url: str = SANDBOX_URL,
    client_key: str = "awlocalsandbox00",
    client_secret: str = "local-sandbox-secret",  # noqa: S107 - known to everybody
) -> dict[str, str]:
    """Return what a configuration needs to reach a local sandbox."""
    api = f"""\
api:
  base_url: {base_url}
  authorize_url: {base_url}/v2/auth/authorize/
"""
    return {"client_key": client_key, "client_secret": client_secret, "api": api}


def write(folder: Path, app: dict[str, str], posts: str = POSTS) -> list[Path]:
    """Write a new installation into *folder* and return the files a person edits.

    Raises:
        ConfigError: One of them exists already; nothing was written.
    """
    texts = {
        folder / "bridge.yaml": CONFIG.format(**app),
        folder / "posts.yaml": posts,
        folder / ".gitignore": "state/\ntokens/\n*token*.json\n",
    }
    media = folder / "media" / "clip.mp4"
    _refuse_existing([*texts, media])
    try:
        media.parent.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        write_clip(media)
        _write_schemas(folder / SCHEMAS)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from None
    return [*texts, media]


def write_clip(path: Path, size_bytes: int | None = None) -> None:
    """Write the test clip, grown to *size_bytes* by a `free` box at its end.

    Players skip such a box, so that the result is a real MP4 of any size. Its content
    never repeats, so that no two chunks are alike.
    """
    from importlib.resources import files
    from random import Random

    clip = files("tiktok_bridge.media") / "clip.mp4"
    with clip.open("rb") as source, path.open("wb") as file:
        copyfileobj(source, file)
        left = (size_bytes or 0) - file.tell()
        if left < BOX_HEADER:
            return
        file.write(left.to_bytes(4, "big") + b"free")
        noise, left = Random(size_bytes), left - BOX_HEADER  # noqa: S311 - filler
        while left:
            left -= file.write(noise.randbytes(min(left, 1024 * 1024)))


def _refuse_existing(paths: Iterable[Path]) -> None:
    existing = [str(path) for path in paths if path.exists()]
    if existing:
        raise ConfigError(
            f"{', '.join(existing)} exists already; nothing was written",
            hint="choose an empty folder: tiktok-bridge init FOLDER",
        )


def _write_schemas(folder: Path) -> None:
    from tiktok_bridge.config.schema import text

    folder.mkdir(exist_ok=True)
    for name in ("bridge", "posts"):
        (folder / f"{name}.schema.json").write_text(text(name), encoding="utf-8")
