"""Start a new installation."""

from __future__ import annotations

from pathlib import Path

import click

from tiktok_bridge.cli import starter


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--sandbox", is_flag=True, help="Point it at a local sandbox.")
def init(folder: Path, *, sandbox: bool) -> None:
    """Write bridge.yaml, posts.yaml and a test clip into FOLDER (here by default)."""
    app = starter.sandbox_app() if sandbox else starter.REAL_APP
    for path in starter.write(folder, app):
        click.echo(f"wrote {path}")
    click.echo("next:")
    if folder != Path():
        click.echo(f"  cd {folder}")
    if sandbox:
        click.echo("  tiktok-bridge sandbox --tokens tokens   # in another terminal")
        click.echo("  tiktok-bridge auth import acme tokens/acme.json")
    else:
        click.echo("  export TIKTOK_CLIENT_KEY=… TIKTOK_CLIENT_SECRET=…")
        click.echo("  tiktok-bridge auth login acme")
    click.echo("  tiktok-bridge check posts.yaml")
    click.echo("  tiktok-bridge publish posts.yaml")
