"""Show uploads while they run: a bar each on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from tiktok_bridge.models import Event, PostKey

NO_BAR = ("PLANNED", "INIT_SENT", "FAILED")
"""States in which nothing is being sent."""


@contextmanager
def shown() -> Iterator[dict[str, Any]]:
    """Give the callbacks for `Bridge` that show its progress on stderr."""
    if not sys.stderr.isatty():
        yield {"on_event": _print_line}
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )
    from rich.theme import Theme

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        console=Console(stderr=True, theme=Theme({"progress.data.speed": "default"})),
    ) as progress:
        bars = _Bars(progress)
        yield {"on_event": bars.on_event, "on_progress": bars.on_progress}
    click.echo(err=True)


class _Bars:
    """One bar per post, made when its upload begins."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def on_event(self, event: Event) -> None:
        data = event["data"]
        name = f"{data['account']}/{data['id']}"
        if data["size_bytes"] and data["state"] not in NO_BAR:
            self._task(name, data["size_bytes"])
        if name in self._tasks:
            self._progress.update(self._tasks[name], state=_words(data["state"]))

    def on_progress(self, key: PostKey, sent: int, size: int) -> None:
        self._progress.update(self._task(str(key), size), completed=sent)

    def _task(self, name: str, size: int) -> TaskID:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=size, state="")
        return self._tasks[name]


def _print_line(event: Event) -> None:
    data = event["data"]
    size = f", {data['size_bytes']:,} bytes" if data["state"] == "UPLOADING" else ""
    code = data["failure"]["code"] if data["failure"] else ""
    why = f": {code}" if code else ""
    name = f"{data['account']}/{data['id']}"
    click.echo(f"{name}: {_words(data['state'])}{size}{why}", err=True)


def _words(state: str) -> str:
    return state.lower().replace("_", " ")
