"""Show a person the login page."""

from __future__ import annotations

import subprocess
import sys
import threading
import webbrowser
from typing import Final

import click

TEXT_BROWSERS: Final = ("www-browser", "links", "elinks", "lynx", "w3m")
"""Browsers that take over the terminal, and cannot show TikTok's page."""

OPEN: Final = "import sys, webbrowser; sys.exit(not webbrowser.get().open(sys.argv[1]))"


def show(url: str, *, may_open: bool) -> None:
    """Open *url* in a browser, or print it where none is wanted or none opens.

    The address alone goes to stdout, so that a program can read it.
    """
    if not (may_open and _has_browser()):
        _print(url)
        return
    click.echo("a browser opens TikTok's login page; if none does,", err=True)
    click.echo("  → end this with Ctrl-C and use --no-browser", err=True)
    # Some browsers run until they are closed, and the answer would have to wait.
    threading.Thread(target=_open, args=(url,), daemon=True).start()


def _has_browser() -> bool:
    try:
        return webbrowser.get().name not in TEXT_BROWSERS
    except webbrowser.Error:
        return False


def _open(url: str) -> None:
    """Open *url* in a process of its own, whose chatter is not our output."""
    command = [sys.executable, "-I", "-c", OPEN, url]
    opened = subprocess.run(  # noqa: S603 - our own program
        command, stdout=subprocess.DEVNULL, start_new_session=True, check=False
    )
    if opened.returncode:
        _print(url)


def _print(url: str) -> None:
    click.echo("open this address in a browser and log in:", err=True)
    click.echo(url)
