"""Keep the tokens of accounts: take over, list, renew, revoke."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from tiktok_bridge.cli.app import (
    App,
    format_option,
    print_error,
    print_json,
    print_table,
)
from tiktok_bridge.cli.login import login
from tiktok_bridge.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tokens.vault import Vault


@click.group()
def auth() -> None:
    """Log accounts in, and keep their tokens."""


auth.add_command(login)


@auth.command("import")
@click.argument("account")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def import_(app: App, account: str, file: Any) -> None:  # noqa: ANN401 - click's own type
    """Take over the token of ACCOUNT from FILE (- for stdin).

    FILE is the JSON that TikTok's token endpoint answers with. The token is sealed
    before it is stored; delete FILE afterwards.
    """
    from tiktok_bridge.tiktok import token as tokens
    from tiktok_bridge.tokens.login import require_name

    require_name(account)
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
        found = [_read(bridge.vault, name) for name in bridge.vault.accounts()]
    if output == "json":
        print_json({"accounts": [_fields(*one) for one in found]})
        return
    if not found:
        click.echo("no account has a token yet; see `tiktok-bridge auth login`")
        return
    rows = []
    for name, token, error in found:
        open_id, scopes = "", ""
        if token:
            open_id, scopes = token.open_id or "", ", ".join(token.scopes)
        rows.append([name, open_id, scopes, _ends(token) if token else error])
    print_table(["account", "open id", "scopes", "token ends"], rows)


@auth.command()
@click.argument("account", required=False)
@click.option("--all", "all_", is_flag=True, help="Renew every account's token.")
@click.pass_obj
def refresh(app: App, account: str | None, *, all_: bool) -> int:
    """Renew the token of ACCOUNT now.

    Nobody needs this for publishing, which renews in time. It shows that a token can
    be renewed, and keeps one alive that nothing uses.
    """
    if bool(account) == all_:
        raise click.UsageError("give either ACCOUNT or --all")
    status = 0
    with app.bridge() as bridge:
        for name in bridge.vault.accounts() if all_ else [str(account)]:
            try:
                token = bridge.vault.refresh(name)
            except BridgeError as error:
                if not all_:
                    raise
                status = error.exit_status
                print_error(error, f"{name}: ")
                continue
            click.echo(f"renewed {name}: the new token ends {_when(token.expires_at)}")
    return status


@auth.command()
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def revoke(app: App, account: str, *, yes: bool) -> None:
    """End the access to ACCOUNT at TikTok, then delete its token.

    If TikTok does not answer, the token stays: run it again.
    """
    with app.bridge() as bridge:
        bridge.vault.require(account)
        if not yes:
            _confirm(account)
        ended_now = bridge.vault.revoke(account)
    if ended_now:
        click.echo(f"revoked {account}: TikTok has ended the access; token deleted")
    else:
        click.echo(f"deleted the token of {account}: it was dead at TikTok already")


def _confirm(account: str) -> None:
    """Let the person type the name.

    Raises:
        ConfigError: There is no terminal, or it is another name.
    """
    if not sys.stdin.isatty():
        raise ConfigError("there is no terminal to confirm at", hint="add --yes")
    words = f"type {account} to end its access; posts on their way will fail"
    if click.prompt(words, default="", show_default=False, err=True) != account:
        raise ConfigError("that was not the name; nothing was revoked")


def _read(vault: Vault, name: str) -> tuple[str, Token | None, str]:
    """Return an account's token, or why there is none."""
    try:
        token = vault.read(name)
    except BridgeError as error:
        return name, None, error.message
    return name, token, "" if token else "it has just been removed"


def _fields(name: str, token: Token | None, error: str) -> dict[str, Any]:
    renewable_until = token.refresh_expires_at if token else None
    return {
        "account": name,
        "open_id": token.open_id if token else None,
        "scopes": list(token.scopes) if token else [],
        "expires_at": _when(token.expires_at) if token else None,
        "refresh_expires_at": _when(renewable_until) if renewable_until else None,
        "error": error or None,
    }


def _ends(token: Token) -> str:
    """Say in words when *token* ends, as far as that is known."""
    if token.renewal_began_at:
        return f"renewal begun {_when(token.renewal_began_at)}, not finished"
    now = time.time()
    renewable_until = token.refresh_expires_at
    is_renewable = bool(token.refresh_token) and (renewable_until or now + 1) > now
    if token.expires_at > now:
        return _when(token.expires_at)
    return "ended, renewed when it is used" if is_renewable else "ended, log in again"


def _when(at: float) -> str:
    from tiktok_bridge.publish.report import timestamp

    return timestamp(at)
