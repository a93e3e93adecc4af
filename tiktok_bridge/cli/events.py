"""Show the events that notifiers have not taken, and try them again or drop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import App, format_option, print_json, print_table

if TYPE_CHECKING:
    from tiktok_bridge.models import Undelivered, Waiting


@click.command()
@click.argument("post_id", metavar="[ID]", required=False)
@click.option("--account", help="Only those of this account.")
@click.option(
    "--state",
    type=click.Choice(["pending", "dead", "removed"]),
    help="Only those that are tried again, that were given up, or whose notifier is"
    " not in the settings.",
)
@click.option("--retry", is_flag=True, help="Try them now, also those given up.")
@click.option(
    "--forget", is_flag=True, help="Drop them for good; needs an ID or --state."
)
@format_option
@click.pass_obj
def events(  # noqa: PLR0913 - one argument for each option
    app: App,
    post_id: str | None,
    account: str | None,
    state: Waiting | None,
    output: str,
    *,
    retry: bool,
    forget: bool,
) -> None:
    """List the events that a notifier has not taken, oldest first."""
    if retry and forget:
        raise click.UsageError("--retry and --forget exclude each other")
    if forget and not (post_id or state):
        raise click.UsageError("--forget needs an ID or --state")
    with app.bridge() as bridge:
        if retry:
            count = bridge.events.retry(post_id, account, state=state)
            click.echo(f"{count} event(s) tried again", err=True)
        if forget:
            count = bridge.events.forget(post_id, account, state=state)
            click.echo(f"{count} event(s) dropped", err=True)
        found = bridge.events.undelivered(post_id, account, state=state)
    if output == "json":
        print_json({"events": [_fields(one) for one in found]})
    elif found:
        _print(found)
    else:
        click.echo("no such events" if post_id or account or state else "none is left")


def _fields(one: Undelivered) -> dict[str, Any]:
    return {
        "post": one.post,
        "account": one.account,
        "notifier": one.notifier,
        "state": one.state,
        "tries": one.tries,
        "error": one.error,
        "next_at": one.next_at,
        "event": one.event,
    }


def _print(found: list[Undelivered]) -> None:
    from tiktok_bridge.publish.report import timestamp

    rows = [
        [
            one.post,
            one.event["type"],
            one.notifier,
            one.state,
            str(one.tries),
            "" if one.next_at is None else timestamp(one.next_at),
            one.error or "",
        ]
        for one in found
    ]
    headers = ["post", "event", "notifier", "state", "tries", "next try", "last error"]
    print_table(headers, rows, widest=50)
    if any(one.state == "dead" for one in found):
        click.echo("→ `tiktok-bridge posts events --retry` sends them again", err=True)
