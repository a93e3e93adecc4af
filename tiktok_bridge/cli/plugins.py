"""List the installed plugins, broken ones first, and how it is with what they open."""

from __future__ import annotations

from dataclasses import asdict
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
from tiktok_bridge.errors import BridgeError

if TYPE_CHECKING:
    from tiktok_bridge.health import Health

KINDS: Final = {
    "open_token_store": "tokens",
    "open_media_source": "media",
    "open_notifier": "events",
}
"""What a table calls that which a hook opens."""


@click.group(invoke_without_command=True)
@format_option
@click.pass_context
def plugins(context: click.Context, output: str) -> None:
    """List the installed plugins: what each opens, and what is broken."""
    if context.invoked_subcommand:
        return
    app: App = context.obj
    app.host.learn_secrets()  # a plugin that cannot tell them is broken
    health = _health(app)
    found = _broken(app) + _loaded(app)
    if output == "json":
        told = None if health is None else [asdict(one) for one in health]
        print_json({"plugins": found, "health": told})
        return
    headers = ["plugin", "distribution", "hooks", "state", "opens"]
    print_table(headers, [_row(plugin) for plugin in found])
    if health:
        click.echo()
        headers = ["key", "url", "plugin", "health"]
        print_table(headers, [_health_row(one) for one in health])


@plugins.command()
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def new(app: App, name: str, folder: Path | None) -> None:
    """Write a whole plugin NAME into FOLDER (tiktok-bridge-NAME by default).

    It is a token store that works, with its tests and its CI, to be changed.
    """
    import shlex

    from tiktok_bridge.cli import scaffold

    scaffold.require_free(name, app.host)
    folder = folder or Path(f"tiktok-bridge-{name}")
    for path in scaffold.write(name, folder):
        click.echo(f"wrote {path}")
    click.echo("next:")
    click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo('  python -m pip install -e ".[dev]"')
    click.echo("  python -m pytest")
    click.echo("  tiktok-bridge plugins")


def _health(app: App) -> list[Health] | None:
    """Ask what the configuration names; None where it cannot be read."""
    from tiktok_bridge import Settings

    if not app.config.exists():
        click.echo(f"{app.config} is not there, so no URL was asked", err=True)
        return None
    try:
        named = Settings.from_file(app.config).plugged()
    except BridgeError as error:
        print_error(error, redaction=app.host.redaction)
        return None
    app.host.learn_secrets(*(url for _, _, url in named))
    return [app.host.health(*one) for one in named]


def _row(plugin: dict[str, Any]) -> list[str]:
    state = f"broken: {plugin['error']}" if plugin["error"] else "ok"
    version = plugin["hook_version"]
    return [
        plugin["name"],
        plugin["distribution"] or "",
        "" if version is None else str(version),
        state if version or plugin["error"] else f"{state}, states no HOOK_VERSION",
        _opens(plugin),
    ]


def _opens(plugin: dict[str, Any]) -> str:
    """Say what *plugin* opens by which schemes, and what else it implements."""
    kinds: dict[str, list[str]] = {}
    for hook in plugin["hooks"]:
        if hook in KINDS:
            schemes = ", ".join(plugin["schemes"].get(hook, ["it does not say what"]))
            kinds.setdefault(schemes, []).append(KINDS[hook])
    words = [f"{', '.join(names)}: {schemes}" for schemes, names in kinds.items()]
    return "; ".join(words + [hook for hook in plugin["hooks"] if hook not in KINDS])


def _health_row(health: Health) -> list[str]:
    words = f"{health.status}: {health.words}"
    if health.hint:
        words += f" → {health.hint}"
    return [health.name, health.url, health.plugin or "", words]


def _broken(app: App) -> list[dict[str, Any]]:
    return [
        {
            "name": broken.name,
            "distribution": app.host.distribution(broken.name),
            "hook_version": None,
            "hooks": [],
            "schemes": {},
            "error": app.host.told(broken).removeprefix(f"{broken.name}: "),
        }
        for broken in app.host.broken
    ]


def _loaded(app: App) -> list[dict[str, Any]]:
    broken = {plugin.name for plugin in app.host.broken}
    return [
        {
            "name": name,
            "distribution": app.host.distribution(name),
            "hook_version": app.host.hook_version(name),
            "hooks": app.host.opens(name),
            "schemes": app.host.schemes(name),
            "error": None,
        }
        for name, plugin in sorted(app.host.plugins.list_name_plugin())
        if plugin and name not in broken
    ]
