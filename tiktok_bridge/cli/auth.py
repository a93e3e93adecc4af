"""Keep the tokens of accounts: take over, list, renew, revoke."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tiktok_bridge.cli.app import (
    App,
    format_option,
    print_error,
    print_json,
    print_table,
)
from tiktok_bridge.cli.login import login, warn_of_namesakes
from tiktok_bridge.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tokens.vault import Vault


GIVE: Final = "give the JSON of the token endpoint: access_token, expires_in, …"


@click.group()
def auth() -> None:
    """Log accounts in, and keep their tokens."""


auth.add_command(login)


@auth.command("import")
@click.argument("account")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--replace", is_flag=True, help="Let another TikTok user be ACCOUNT.")
@click.pass_obj
def import_(app: App, account: str, file: str, *, replace: bool) -> None:
    """Take over the token of ACCOUNT from FILE (- for stdin).

    FILE is the JSON that TikTok's token endpoint answers with. The token is sealed
    before it is stored; delete FILE afterwards.
    """
    from tiktok_bridge.tokens.login import require_name

    require_name(account)
    token = _token_in(file)
    with app.bridge() as bridge:
        bridge.vault.save(account, token, switch_user=replace)
        scopes = ", ".join(token.scopes) or "scopes not said"
        click.echo(f"imported {account}: {scopes}")
        warn_of_namesakes(bridge.vault, account)


def _token_in(file: str) -> Token:
    """Read the token response in *file*.

    Raises:
        ConfigError: It is none; what TikTok refused is explained.
    """
    from tiktok_bridge.tiktok import token as tokens

    name = "standard input" if file == "-" else file
    try:
        answer = _object(_content(file))
        if refusal := _refusal(answer, name):
            raise refusal
        return tokens.from_response(answer, time.time())
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{name}: is no token response of TikTok: {error}", hint=GIVE
        ) from None


def _content(file: str) -> bytes:
    if file != "-":
        return Path(file).read_bytes()
    if sys.stdin is None:  # it was closed before the program began
        return b""
    return sys.stdin.buffer.read()


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - as for other text
    return found


def _refusal(answer: dict[str, Any], name: str) -> ConfigError | None:
    """Explain an answer with which TikTok gave no token; only known codes are shown."""
    from tiktok_bridge import catalogue

    error = answer.get("error")
    is_api = isinstance(error, dict)
    code = error.get("code") if isinstance(error, dict) else error
    if not isinstance(code, str) or "access_token" in answer:
        return None
    entry = catalogue.find("api" if is_api else "oauth", code)
    if entry is None:
        return None
    return ConfigError(
        f"{name}: is no token response of TikTok, but its refusal {code}."
        f" {entry.explanation}",
        hint=entry.remedy,
    )


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
    from tiktok_bridge.tokens.login import require_name

    if bool(account) == all_:
        raise click.UsageError("give either ACCOUNT or --all")
    if account:
        require_name(account)
    status = 0
    with app.bridge() as bridge:
        for name in bridge.vault.accounts() if all_ else [str(account)]:
            try:
                token = bridge.vault.refresh(name)
            except BridgeError as error:
                if not all_:
                    raise
                status = error.exit_status
                print_error(error, f"{name}: ", redaction=bridge.redaction)
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
    from tiktok_bridge.tokens.login import require_name

    require_name(account)
    with app.bridge() as bridge:
        bridge.vault.require(account)
        if not yes:
            _confirm(account, bridge.vault.namesakes(account))
        ended_now = bridge.vault.revoke(account)
    if ended_now:
        click.echo(f"revoked {account}: TikTok has ended the access; token deleted")
    else:
        click.echo(f"deleted the token of {account}: it was dead at TikTok already")


def _confirm(account: str, namesakes: list[str]) -> None:
    """Let the person type the name; *namesakes* lose the access as well.

    Raises:
        ConfigError: There is no terminal, or it is another name.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError("there is no terminal to confirm at", hint="add --yes")
    others = ", ".join(namesakes)
    also = f" and that of {others}, the same TikTok user" if others else ""
    words = f"type {account} to end its access{also}; posts on their way will fail"
    try:
        typed = click.prompt(words, default="", show_default=False, err=True)
    except click.Abort:
        click.echo(err=True)  # what follows begins a line of its own
        raise
    if typed != account:
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
        "renewable": _is_renewable(token) if token else False,
        "error": error or None,
    }


def _ends(token: Token) -> str:
    """Say in words when *token* ends, as far as that is known."""
    if token.renewal_began_at:
        return f"renewal begun {_when(token.renewal_began_at)}, not finished"
    if token.expires_at > time.time():
        return _when(token.expires_at)
    if _is_renewable(token):
        return "ended, renewed when it is used"
    return "ended, log in again"


def _is_renewable(token: Token) -> bool:
    until = token.refresh_expires_at
    return token.refresh_token is not None and (until is None or until > time.time())


def _when(at: float) -> str:
    from tiktok_bridge.publish.report import timestamp

    return timestamp(at)
