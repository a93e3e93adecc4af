"""What the sandbox says when it starts."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tiktok_bridge_sandbox.models import Backend

PORT: Final = "3455"
"""Port of the redirect URI to copy, where any is registered."""


def write_tokens(backend: Backend, folder: Path | None) -> dict[str, Path]:
    """Write one token response per account, readable by its owner only."""
    if folder is None:
        return {}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    responses = backend.tokens.responses()
    files = {name: folder / f"{name}.json" for name in responses}
    for name, file in files.items():
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, json.dumps(responses[name]).encode())
        finally:
            os.close(descriptor)
    return files


def facts(backend: Backend, base_url: str, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return everything a client needs to know."""
    return {
        "base_url": base_url,
        "scenario": backend.name,
        "client_key": backend.app.client_key,
        "client_secret": backend.app.client_secret,
        "environment": backend.app.environment,
        "platform": backend.app.platform,
        "redirect_uri": backend.app.redirect_uris[0].replace("*", PORT),
        "accounts": [
            {
                "account": name,
                "visibility": creator.account.visibility,
                "token_file": str(files[name]) if name in files else None,
            }
            for name, creator in backend.creators.items()
        ],
    }


def as_text(facts: Mapping[str, Any]) -> str:
    """Return *facts* in words, with the lines of a configuration to copy."""
    where, scenario = facts["base_url"], facts["scenario"]
    lines = [f"A local TikTok answers at {where}; Ctrl-C stops it.", ""]
    lines.append(f"  scenario {scenario}")
    for account in facts["accounts"]:
        token = f", token in {account['token_file']}" if account["token_file"] else ""
        lines.append(f"  {account['account']}: {account['visibility']} account{token}")
    lines += ["", "In bridge.yaml:", "", *_config(facts)]
    return "\n".join(lines)


def _config(facts: Mapping[str, Any]) -> list[str]:
    return [
        "  app:",
        f"    client_key: {facts['client_key']}",
        f"    client_secret: {facts['client_secret']}",
        f"    environment: {facts['environment']}",
        f"    platform: {facts['platform']}",
        f"    redirect_uri: {facts['redirect_uri']}",
        "  api:",
        f"    base_url: {facts['base_url']}",
        f"    authorize_url: {facts['base_url']}/v2/auth/authorize/",
        f'    upload_hosts: ["{urlsplit(facts["base_url"]).hostname}"]',
    ]
