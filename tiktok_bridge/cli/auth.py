"""Import tokens and list whose they are."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import App, format_option, print_json, print_table
from tiktok_bridge.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from tiktok_bridge.tokens.vault import Vault


@click.group()
def auth() -> None:
    """Keep the tokens of accounts."""


@auth.command("import")
@click.argument("account")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def import_(app: App, account: str, file: Any) -> None:  # noqa: ANN401 - click's own type
    """Take over the token of ACCOUNT from FILE (- for stdin).

    FILE is the JSON that TikTok's token endpoint answers with. The token is sealed
    before it is stored; delete FILE afterwards.
    """
    from tiktok_bridge.config.schema import is_account
    from tiktok_bridge.tiktok import token as tokens

    if not is_account(account):
        raise ConfigError(
            f"{account!r} is no name for an account",
            hint="use letters, digits, dots, dashes, underscores and @; 64 at most",
        )
    try:
        token = tokens.from_response(json.loads(file.read()), time.time())
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ConfigError(
            f"{file.name}: is no token response of TikTok: {error}",
            hint="give the JSON of the token endpoint: access_token, expires_in, …",
        ) from None
    with app.bridge() as bridge:
        bridge.vault.save(account, token)
    click.echo(f"imported {account}: {', '.join(token.scopes) or 'scopes not said'}")


@auth.command("list")
@format_option
@click.pass_obj
def list_(app: App, output: str) -> None:
    """List the accounts with a token, and when it ends."""
    with app.bridge() as bridge:
        accounts = [_account(bridge.vault, name) for name in bridge.vault.accounts()]
    if output == "json":
        print_json({"accounts": accounts})
        return
    if not accounts:
        click.echo("no account has a token yet; see `tiktok-bridge auth import`")
        return
    rows = [
        [
            one["account"],
            one["open_id"] or "",
            ", ".join(one["scopes"]),
            one["error"] or one["expires_at"] or "",
        ]
        for one in accounts
    ]
    print_table(["account", "open id", "scopes", "token ends"], rows)


def _account(vault: Vault, name: str) -> dict[str, Any]:
    from tiktok_bridge.publish.report import timestamp

    fields: dict[str, Any] = {
        "account": name,
        "open_id": None,
        "scopes": [],
        "expires_at": None,
        "refresh_expires_at": None,
        "error": None,
    }
    try:
        token = vault.read(name)
    except BridgeError as error:
        return fields | {"error": error.message}
    if token is None:
        return fields | {"error": "it has just been removed"}
    ends = token.refresh_expires_at
    return fields | {
        "open_id": token.open_id,
        "scopes": list(token.scopes),
        "expires_at": timestamp(token.expires_at),
        "refresh_expires_at": timestamp(ends) if ends else None,
    }
