"""Show a person the login page."""

from __future__ import annotations

import threading
import webbrowser
from typing import Final

import click

TEXT_BROWSERS: Final = ("www-browser", "links", "elinks", "lynx", "w3m")
"""Browsers that take over the terminal, and cannot show TikTok's page."""


def show(url: str, *, may_open: bool) -> None:
    """Open *url* in a browser, or print it where none is wanted or none opens.

    The address alone goes to stdout, so that a program can read it.
    """
    browser = _browser() if may_open else None
    if browser is None:
        _print(url)
        return
    click.echo("a browser opens TikTok's login page; if none does,", err=True)
    click.echo("  → end this with Ctrl-C and use --no-browser", err=True)
    # Some browsers run until they are closed, and the answer would have to wait.
    threading.Thread(target=_open, args=(browser, url), daemon=True).start()


def _browser() -> webbrowser.BaseBrowser | None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return None
    return None if browser.name in TEXT_BROWSERS else browser


def _open(browser: webbrowser.BaseBrowser, url: str) -> None:
    if not browser.open(url):
        _print(url)


def _print(url: str) -> None:
    click.echo("open this address in a browser and log in:", err=True)
    click.echo(url)
