"""The wheels, and an environment into which they are installed."""

from __future__ import annotations

import shutil
import sys
import venv
from pathlib import Path

import pytest

from tests.wheels.program import run

ROOT = Path(__file__).parents[2]
MEMBERS = [
    *(".", "plugins/file", "plugins/redis", "plugins/s3", "plugins/sandbox"),
    "plugins/webhook",
    "diagnostics",
]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=LEFT_OUT)
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps")
    members = [source / member for member in MEMBERS]
    run(*pip, "--no-build-isolation", "-w", folder, *members, cwd=folder)
    shutil.rmtree(source)
    return folder


@pytest.fixture(scope="session")
def python(wheels: Path) -> Path:
    venv.create(wheels / "venv", with_pip=True)
    python = wheels / "venv" / "bin" / "python"
    pip = (python, "-m", "pip", "install", "-q", "--find-links", wheels)
    run(*pip, "tiktok-bridge[all]", cwd=wheels)
    return python
