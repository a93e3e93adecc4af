"""Show the posts of the ledger, and let a person decide about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import App, format_option, print_json, print_table
from tiktok_bridge.cli.events import events

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry

STATES = (
    "PLANNED",
    "INIT_SENT",
    "UPLOADING",
    "LAST_CHUNK_SENT",
    "PROCESSING",
    "PUBLISHED",
    "IN_INBOX",
    "FAILED",
    "UNKNOWN",
)
"""Named again, since to import them makes `--help` slow."""

account_option = click.option("--account", help="Whose post, if several have one.")


@click.group()
def posts() -> None:
    """Show the posts of the ledger."""


posts.add_command(events)


@posts.command("list")
@click.option("--account", help="Only those of this account.")
@click.option(
    "--state",
    "states",
    type=click.Choice(STATES, case_sensitive=False),
    multiple=True,
    help="Only those in this state; may be given more than once.",
)
@format_option
@click.pass_obj
def list_(app: App, account: str | None, states: tuple[str, ...], output: str) -> None:
    """List the posts and where each stands, oldest first."""
    with app.bridge() as bridge:
        found = [
            _fields(entry)
            for entry in bridge.ledger.entries(states or STATES)
            if account in (None, entry.post.account)
        ]
    if output == "json":
        print_json({"posts": found})
        return
    if not found:
        are = "such posts" if account or states else "posts yet"
        click.echo(f"no {are}; see `tiktok-bridge publish`")
        return
    columns = ("id", "account", "state", "mode", "updated_at", "publish_id")
    rows = [[str(post[name] or "") for name in columns] for post in found]
    print_table(["post", "account", "state", "mode", "last moved", "publish id"], rows)


@posts.command()
@click.argument("post_id", metavar="ID")
@account_option
@format_option
@click.pass_obj
def show(app: App, post_id: str, account: str | None, output: str) -> None:
    """Show one post and everything that happened to it."""
    from tiktok_bridge.publish.report import timestamp

    with app.bridge() as bridge:
        entry = bridge.ledger.named(post_id, account)
        moves = bridge.ledger.history(entry.key)
    history = [
        {
            "at": timestamp(move.at),
            "state": move.state,
            "note": move.note,
            "log_id": move.log_id,
            "asked": move.asked,
            "answered": move.answered,
        }
        for move in moves
    ]
    if output == "json":
        print_json({"post": _fields(entry), "history": history})
        return
    for name, value in _fields(entry).items():
        if value not in (None, "", []) and name != "failure":
            click.echo(f"{name.replace('_', ' '):18} {value}")
    columns = ("at", "state", "note", "log_id")
    rows = [[str(move[name] or "") for name in columns] for move in history]
    click.echo()
    print_table(["when (UTC)", "state", "what happened", "log id"], rows, widest=60)
    if entry.failure and entry.failure.hint:
        click.echo(f"\n→ {entry.failure.hint}")


@posts.command()
@click.argument("post_id", metavar="ID")
@account_option
@click.pass_obj
def retry(app: App, post_id: str, account: str | None) -> None:
    """Let a FAILED post be sent again by the next publish, also with other content."""
    with app.bridge() as bridge:
        result = bridge.retry(post_id, account)
    click.echo(f"{result.id} is {result.state}; publish its file again to send it")


@posts.command()
@click.argument("post_id", metavar="ID")
@account_option
@click.option(
    "--as",
    "verdict",
    type=click.Choice(["published", "retry"]),
    required=True,
    help="What you saw: it is published, or it is not and may be sent again.",
)
@click.pass_obj
def settle(app: App, post_id: str, account: str | None, verdict: str) -> None:
    """Say how a post ended that nobody knows, after looking at the account."""
    with app.bridge() as bridge:
        published = verdict == "published"
        result = bridge.settle(post_id, account, published=published)
    click.echo(f"{result.id} is {result.state}")


@posts.command()
@click.argument("post_id", metavar="ID")
@account_option
@click.pass_obj
def cancel(app: App, post_id: str, account: str | None) -> None:
    """Stop a post that TikTok does not have yet, or is still fetching."""
    with app.bridge() as bridge:
        result = bridge.cancel(post_id, account)
    is_asked = result.state == "PROCESSING"
    later = "; TikTok was asked to drop it, its status will say whether in time"
    click.echo(f"{result.id} is {result.state}{later if is_asked else ''}")


@posts.command()
@click.argument("post_id", metavar="ID")
@account_option
@click.pass_obj
def look(app: App, post_id: str, account: str | None) -> None:
    """Look for a post whose end nobody knows among the account's public videos."""
    with app.bridge() as bridge:
        result = bridge.look(post_id, account)
    if result.post_ids:
        click.echo(f"{result.id} is {result.state}, public as {result.post_ids[0]}")
        return
    click.echo(f"{result.id} is {result.state}: no single public video fits it")
    click.echo("→ private posts and drafts are not listed: look in the app", err=True)


def _fields(entry: Entry) -> dict[str, Any]:
    from tiktok_bridge.publish.report import data, timestamp

    return data(entry) | {
        "created_at": timestamp(entry.created_at),
        "updated_at": timestamp(entry.updated_at),
    }
