"""Offer the library as commands: parse, call, print; no logic of its own."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_bridge import host
from tiktok_bridge.cli.app import App, print_error
from tiktok_bridge.cli.auth import auth
from tiktok_bridge.cli.check import check
from tiktok_bridge.cli.demo import demo
from tiktok_bridge.cli.init import init
from tiktok_bridge.cli.keys import keys
from tiktok_bridge.cli.output import begin_to_log, guard_tracebacks
from tiktok_bridge.cli.plugins import plugins
from tiktok_bridge.cli.posts import posts
from tiktok_bridge.cli.publish import publish
from tiktok_bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

HELP = """Publish videos to TikTok, and learn why TikTok refuses.

\b
Exit status of publish and check:
  0    all done
  1    something failed
  2    usage or configuration
  4    nothing failed, but something is unfinished or UNKNOWN
  130  interrupted
"""


def build(plugged: host.Host) -> click.Group:
    """Return the command line with the commands that plugins add."""

    @click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
    @click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("bridge.yaml"),
        envvar="TIKTOK_BRIDGE_CONFIG",
        show_default=True,
        show_envvar=True,
        help="Settings of the installation.",
    )
    @click.option("-v", "--verbose", is_flag=True, help="Log what is done, on stderr.")
    @click.version_option(package_name="tiktok-bridge")
    @click.pass_context
    def cli(context: click.Context, config: Path, *, verbose: bool) -> None:
        context.obj = App(config, plugged)
        begin_to_log(plugged.redaction, verbose=verbose)
        for broken in plugged.broken:
            click.echo(f"warning: broken plugin {plugged.told(broken)}", err=True)

    for command in (auth, check, demo, init, keys, plugins, posts, publish):
        cli.add_command(command)
    plugged.add_commands(cli)
    return cli


def run(arguments: Sequence[str] | None = None, *, is_program: bool = False) -> int:
    """Run one command and return its exit status.

    If it *is_program*, what nobody catches is printed without secrets, too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may lack a sign we use
    try:
        plugged = host.load()
        if is_program:
            guard_tracebacks(plugged.redaction)
        status = build(plugged).main(
            arguments, prog_name="tiktok-bridge", standalone_mode=False
        )
    except BridgeError as error:
        print_error(error, redaction=plugged.redaction)
        return error.exit_status
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {where}{error.strerror or error}", err=True)
        return BridgeError.exit_status
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; run it again to continue", err=True)
        return INTERRUPTED
    return status if isinstance(status, int) else 0
