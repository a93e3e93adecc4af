"""Print results for a person: a table, then each explanation."""

from __future__ import annotations

import shutil
import textwrap
import time
from typing import TYPE_CHECKING

import click

from tiktok_bridge.cli.app import print_table
from tiktok_bridge.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.models import Result

DONE = (State.PUBLISHED, State.IN_INBOX)


def print_results(results: Sequence[Result]) -> None:
    """Print *results*, and why those that did not end well did not."""
    rows = [
        [
            result.id,
            result.account,
            result.state,
            _bytes(result),
            _what(result),
        ]
        for result in results
    ]
    print_table(["post", "account", "state", "bytes", "what happened"], rows)
    for result in results:
        if result.failure and result.state not in DONE:
            _explain(result)


def _bytes(result: Result) -> str:
    nothing_sent = result.state in (State.PLANNED, State.FAILED)
    return "" if nothing_sent or not result.size_bytes else f"{result.size_bytes:,}"


def _what(result: Result) -> str:
    if result.failure and result.state not in DONE:
        return f"{'refused' if result.failure.code else 'stopped'}; see below"
    if not result.sent:
        return "before this run; nothing was sent"
    if result.state == State.IN_INBOX:
        return "a draft in the creator's inbox"
    if result.state == State.PUBLISHED:
        ids = f"public as {', '.join(result.post_ids)}" if result.post_ids else ""
        return ids or "published; no public id so far"
    if result.next_at:
        return f"unfinished; come back at {time.strftime('%T', _local(result))}"
    return "unfinished"


def _explain(result: Result) -> None:
    failure = result.failure
    assert failure is not None  # noqa: S101 - the caller has looked
    width = min(shutil.get_terminal_size().columns, 100)
    click.echo()
    code = f": {failure.code}" if failure.code else ""
    click.secho(f"{result.id} ({result.account}) {result.state}{code}", bold=True)
    for text in (failure.message, failure.hint and f"→ {failure.hint}"):
        if text:
            click.echo(
                textwrap.fill(
                    text,
                    width,
                    initial_indent="  ",
                    subsequent_indent="  ",
                    break_on_hyphens=False,
                    break_long_words=False,
                )
            )
    if failure.who_acts:
        click.echo(f"  who acts: {failure.who_acts}")
    if failure.log_id:
        click.echo(f"  TikTok's log id: {failure.log_id}")
    if result.state == State.FAILED:
        command = f"tiktok-bridge posts retry {result.id} --account {result.account}"
        click.echo(f"  once that is done: {command}")


def _local(result: Result) -> time.struct_time:
    return time.localtime(result.next_at)
