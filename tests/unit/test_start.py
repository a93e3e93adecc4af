"""What the command line imports before it knows what it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MODULES = """
import json, sys
from tiktok_bridge import cli, host
if {without}:
    host.installed_plugins = lambda: []
cli.run(["--help"])
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

TINY = {
    "tiktok_bridge_diagnostics": {".command"},
    "tiktok_bridge_file": set(),
    "tiktok_bridge_redis": set(),
    "tiktok_bridge_s3": set(),
    "tiktok_bridge_sandbox": {".command"},
    "tiktok_bridge_webhook": set(),
}
"""Each plugin, and the modules of its own that declare its commands."""

HEAVY = {"boto3", "botocore", "httpx", "jsonschema", "redis", "sqlalchemy", "starlette"}


def imported(*, without: bool) -> set[str]:
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", MODULES.format(without=without)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(run.stderr))


def test_the_help_imports_of_a_plugin_its_own_tiny_modules_only() -> None:
    with_plugins, alone = imported(without=False), imported(without=True)
    tiny = {name + part for name, parts in TINY.items() for part in {"", *parts}}

    added = with_plugins - alone - set(sys.stdlib_module_names)
    assert added == tiny
    assert with_plugins & HEAVY == set()


@pytest.mark.parametrize("name", TINY)
def test_a_plugin_alone_imports_no_more_of_the_core_than_its_public_names(
    name: str,
) -> None:
    code = f"import sys, {name}; print(*sorted(sys.modules))"
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    found = set(run.stdout.split())

    assert found & (HEAVY | {"yaml", "cryptography", "rich"}) == set()
    core = {one for one in found if one.startswith("tiktok_bridge.")}
    assert core <= {
        f"tiktok_bridge.{one}" for one in ("errors", "hookspecs", "secrets")
    }
