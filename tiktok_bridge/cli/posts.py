"""Show the posts of the ledger, and let a person decide about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import App, format_option, print_json, print_table

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry

account_option = click.option("--account", help="Whose post, if several have one.")


@click.group()
def posts() -> None:
    """Show the posts of the ledger."""


@posts.command("list")
@format_option
@click.pass_obj
def list_(app: App, output: str) -> None:
    """List every post and where it stands."""
    with app.bridge() as bridge:
        found = [_fields(entry) for entry in bridge.ledger.entries()]
    if output == "json":
        print_json({"posts": found})
        return
    if not found:
        click.echo("no posts yet; see `tiktok-bridge publish`")
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
        }
        for move in moves
    ]
    if output == "json":
        print_json({"post": _fields(entry), "history": history})
        return
    for name, value in _fields(entry).items():
        if value not in (None, "", []) and name != "failure":
            click.echo(f"{name.replace('_', ' '):18} {value}")
    rows = [[str(move[name] or "") for name in move] for move in history]
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


def _fields(entry: Entry) -> dict[str, Any]:
    from tiktok_bridge.publish.report import data, timestamp

    return data(entry) | {
        "created_at": timestamp(entry.created_at),
        "updated_at": timestamp(entry.updated_at),
    }
