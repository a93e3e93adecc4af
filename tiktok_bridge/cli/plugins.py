"""List the installed plugins, broken ones first."""

from __future__ import annotations

from typing import Any

import click

from tiktok_bridge.cli.app import App, format_option, print_json, print_table


@click.command()
@format_option
@click.pass_obj
def plugins(app: App, output: str) -> None:
    """List the installed plugins: what each opens, and what is broken."""
    app.host.learn_secrets()  # a plugin that cannot tell them is broken
    found = _broken(app) + _loaded(app)
    if output == "json":
        print_json({"plugins": found})
        return
    rows = [
        [
            str(plugin["name"]),
            str(plugin["distribution"] or ""),
            f"broken: {plugin['error']}" if plugin["error"] else "ok",
            ", ".join(plugin["hooks"]),
        ]
        for plugin in found
    ]
    print_table(["plugin", "distribution", "state", "hooks"], rows)


def _broken(app: App) -> list[dict[str, Any]]:
    return [
        {
            "name": broken.name,
            "distribution": app.host.distribution(broken.name),
            "hooks": [],
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
            "hooks": app.host.opens(name),
            "error": None,
        }
        for name, plugin in sorted(app.host.plugins.list_name_plugin())
        if plugin and name not in broken
    ]
