"""Make, change and list the keys that seal tokens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import (
    App,
    Command,
    format_option,
    print_error,
    print_json,
    print_table,
)
from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.redaction.redaction import Redaction
    from tiktok_bridge.tokens.rotation import KeyUse, Resealed


@click.group()
def keys() -> None:
    """Make, rotate and retire the keys that seal tokens."""


def to_option(command: Command) -> Command:
    """Add `--to FILE` to *command*."""
    option = click.option(
        "--to",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the ring to a new FILE; leave the one in use alone.",
    )
    return option(command)


@keys.command()
@to_option
@click.pass_obj
def new(app: App, to: Path | None) -> None:
    """Make a key ring where there is none.

    The first login or import does so by itself. A ring is never replaced.
    """
    with app.bridge() as bridge:
        accounts = ", ".join(bridge.vault.accounts())
        if accounts and to is None:
            raise ConfigError(
                f"no new key ring opens the tokens that are kept: {accounts}",
                hint="restore the key ring from your backup; if it is lost, delete the"
                " token store, and log every account in again",
            )
        ring = bridge.vault.keys.new(to)
        click.echo(f"made {_place(bridge.vault.keys.url, to)} with key {ring.ids[0]}")
    click.echo("keep it secret, and in your backups")


@keys.command("list")
@format_option
@click.pass_obj
def list_(app: App, output: str) -> None:
    """List the keys, and the accounts whose tokens need each."""
    with app.bridge() as bridge:
        found, url = bridge.vault.key_use(), bridge.vault.keys.url
    if output == "json":
        print_json({"ring": url, "keys": [_fields(one) for one in found]})
        return
    rows = [[one.key_id, _role(one), ", ".join(one.accounts)] for one in found]
    print_table(["key", "state", "needed by"], rows, widest=60)


@keys.command()
@to_option
@click.pass_obj
def rotate(app: App, to: Path | None) -> None:
    """Add a key that seals from now on; the older ones still open."""
    with app.bridge() as bridge:
        ring = bridge.vault.keys.rotate(to)
        place = _place(bridge.vault.keys.url, to)
    click.echo(f"added key {ring.newest[0]} to {place}; it is the newest")
    click.echo("next: tiktok-bridge keys rewrap, which seals every token with it")


@keys.command()
@format_option
@click.pass_obj
def rewrap(app: App, output: str) -> int:
    """Seal every account's token anew with the newest key.

    It may be ended at any time and run again, also while posts are published.
    """
    with app.bridge() as bridge:
        done = _told(bridge.vault.rewrap(), bridge.redaction, quiet=output == "json")
        newest = bridge.vault.keys.ring.newest[0]
    failed = sum(one.error is not None for one in done)
    changed = sum(one.changed for one in done)
    if output == "json":
        print_json({"key": newest, "accounts": [_outcome(one) for one in done]})
    else:
        already = len(done) - changed - failed
        counts = f"{changed} sealed anew, {already} had it already, {failed} failed"
        click.echo(f"key {newest}: {counts}")
    return int(failed > 0)


@keys.command()
@click.argument("key_id", metavar="KEY_ID")
@to_option
@click.pass_obj
def retire(app: App, key_id: str, to: Path | None) -> None:
    """Take the old key KEY_ID out of the ring, unless a token needs it."""
    with app.bridge() as bridge:
        ring = bridge.vault.retire_key(key_id, to)
        place = _place(bridge.vault.keys.url, to)
    click.echo(f"took key {key_id} out of {place}, which holds {', '.join(ring.ids)}")


def _told(
    outcomes: Iterable[Resealed], redaction: Redaction, *, quiet: bool
) -> list[Resealed]:
    """Print each outcome as it comes; failures on stderr."""
    done = []
    for one in outcomes:
        done.append(one)
        if one.error:
            print_error(one.error, f"{one.account}: ", redaction=redaction)
        elif one.changed and not quiet:
            click.echo(f"sealed {one.account} anew")
    return done


def _outcome(one: Resealed) -> dict[str, Any]:
    return {
        "account": one.account,
        "changed": one.changed,
        "error": str(one.error) if one.error else None,
        "hint": one.error.hint if one.error else None,
    }


def _fields(one: KeyUse) -> dict[str, Any]:
    return {
        "id": one.key_id,
        "held": one.is_held,
        "newest": one.seals,
        "accounts": list(one.accounts),
    }


def _role(one: KeyUse) -> str:
    if not one.is_held:
        return "missing: restore the key ring"
    if one.seals:
        return "newest, seals"
    return "opens" if one.accounts else "not needed, may be retired"


def _place(url: str, to: Path | None) -> str:
    return str(to or url)
