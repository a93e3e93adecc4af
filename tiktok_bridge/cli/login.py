"""Log a creator in from the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tiktok_bridge.errors import BridgeError, LoginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge import Authorization, Bridge, Grant
    from tiktok_bridge.cli.app import App
    from tiktok_bridge.cli.page import Page
    from tiktok_bridge.tokens.vault import Vault

    Finish = Callable[[Authorization, str], Grant]

PASTE_PORT: Final = 3455
"""Port of a pasted redirect whose port is open; nothing need listen there."""


@click.command()
@click.argument("account")
@click.option("--no-browser", is_flag=True, help="Print the address, open nothing.")
@click.option("--paste", is_flag=True, help="Paste the address you are sent to.")
@click.option("--replace", is_flag=True, help="Let another TikTok user be ACCOUNT.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the browser to come back.",
)
@click.pass_obj
def login(  # noqa: PLR0913 - one for each option
    app: App,
    account: str,
    *,
    no_browser: bool,
    paste: bool,
    replace: bool,
    timeout: float,
) -> None:
    """Log a creator in as ACCOUNT, a name of your choice.

    A browser opens TikTok's page and comes back to app.redirect_uri on this machine.
    Where that cannot be (no browser here, or a web redirect URI), --paste asks for the
    address to which TikTok sent the browser; it also explains the address of a page
    on which TikTok says that something went wrong.
    """
    from tiktok_bridge.cli.port import can_listen
    from tiktok_bridge.tokens.login import require_name, require_redirect

    require_name(account)
    with app.bridge() as bridge:
        uri = require_redirect(bridge.settings, app.config)
        bridge.vault.prepare(account)  # what cannot be kept is told before, not after

        def finish(authorization: Authorization, query: str) -> Grant:
            return bridge.finish_login(
                account, authorization, query, switch_user=replace
            )

        if paste or not can_listen(uri):
            if not paste:
                click.echo(f"a redirect to {uri} cannot reach this program", err=True)
            may_open = not (no_browser or paste)
            grant = _by_paste(bridge, uri, finish, may_open=may_open)
        else:
            grant = _by_loopback(bridge, uri, finish, timeout, may_open=not no_browser)
        _report(grant)
        warn_of_namesakes(bridge.vault, account)


def warn_of_namesakes(vault: Vault, account: str) -> None:
    """Tell if other accounts are the same TikTok user as *account*."""
    if names := ", ".join(vault.namesakes(account)):
        click.echo(f"warning: {account} is the same TikTok user as {names}", err=True)
        click.echo(
            "  → keep one: revoking one ends them all, and renewing one may", err=True
        )


def _by_loopback(
    bridge: Bridge, uri: str, finish: Finish, timeout: float, *, may_open: bool
) -> Grant:
    """Let the browser come back to a port of this machine."""
    from tiktok_bridge.cli import page
    from tiktok_bridge.cli.browser import show
    from tiktok_bridge.cli.loopback import Loopback

    with Loopback(uri) as loopback:
        authorization = bridge.begin_login(loopback.redirect_uri, always_ask=True)
        show(authorization.url, may_open=may_open)
        click.echo(f"waiting at {loopback.redirect_uri} …", err=True)
        query = loopback.wait(_judge(authorization), timeout)
        try:
            grant = finish(authorization, query)
        except BridgeError as error:
            loopback.answer(page.failed(error))
            raise
        loopback.answer(page.succeeded(grant))
    return grant


def _judge(authorization: Authorization) -> Callable[[str], Page | None]:
    """Return what tells the end of this login from what anybody else sends."""
    from tiktok_bridge.cli import page
    from tiktok_bridge.tiktok.authorize import read_redirect

    def judge(query: str) -> Page | None:
        try:
            read_redirect(query, authorization.state)
        except LoginError as error:
            if not (error.code or error.error_type or error.err_code):
                return page.of_another_login(error)
        return None

    return judge


def _by_paste(bridge: Bridge, uri: str, finish: Finish, *, may_open: bool) -> Grant:
    """Let the person carry the address over."""
    from tiktok_bridge.cli import paste
    from tiktok_bridge.cli.browser import show
    from tiktok_bridge.config.redirect import with_port

    redirect_uri = with_port(uri, PASTE_PORT)
    authorization = bridge.begin_login(redirect_uri, always_ask=True)
    show(authorization.url, may_open=may_open)
    click.echo(f"it ends at {redirect_uri}?…, even if no page is there", err=True)
    text = paste.read_address()
    return finish(authorization, paste.query_of(text, redirect_uri))


def _report(grant: Grant) -> None:
    from tiktok_bridge.cli.page import describe

    scopes = ", ".join(grant.scopes) or "scopes not said"
    click.echo(f"logged in {grant.account}: {scopes}")
    for scope in grant.missing:
        click.echo(f"warning: not granted: {describe(scope)}", err=True)
    if grant.missing:
        click.echo("  → log in again and grant it, if posts need it", err=True)
