"""What the README of examples/ types works, and says what it shows."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TYPED = re.compile(r"^\$ (.+)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
MARK = "-- typed --"

PORTS = {"tiktok-bridge sandbox": 3480, "flask": 5000, "uvicorn": 8000}
"""The servers that the README starts, and where they listen if nobody says."""

START = """
{command} --port {port} >/dev/null 2>&1 &
for _ in {{1..300}}; do
    (: </dev/tcp/127.0.0.1/{port}) 2>/dev/null && break
    sleep 0.1
done
"""


@pytest.mark.skipif(not shutil.which("curl"), reason="the README types curl")
def test_what_the_readme_types_says_what_it_shows(tmp_path: Path) -> None:
    typed = TYPED.findall((EXAMPLES / "README.md").read_text(encoding="utf-8"))
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLES, tmp_path / "clone" / "examples", ignore=leave_out)

    run = subprocess.run(  # noqa: S603 - what our README types
        ["bash", "-c", script([command for command, _ in typed])],  # noqa: S607 - its own
        cwd=tmp_path / "clone",
        env=environ(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    _, *said = run.stdout.split(f"{MARK}\n")
    for (command, shown), answer in zip(typed, said, strict=True):
        missing = [line for line in shown.splitlines() if not is_in(answer, line)]
        assert missing == [], f"$ {command}\n{answer}\n{run.stderr}"
    assert sum(bool(shown) for _, shown in typed) == 11


def environ() -> dict[str, str]:
    """That of somebody who has activated the environment of the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def script(commands: list[str]) -> str:
    """Return what bash does in the place of three terminals, on free ports."""
    ports = {port: free_port() for port in PORTS.values()}
    lines = ["set -e", "trap 'kill $(jobs -p); wait' EXIT"]
    for command in commands:
        line = command
        for server, port in PORTS.items():
            if command.startswith(f"{server} "):
                line = START.format(command=command, port=ports[port])
        if command.startswith(("source ", "python -m pip ")):
            line = ":"  # done
        if command.startswith("sleep "):
            line = f"{command}; {command}"  # the machine may be busy
        if command.startswith("tiktok-bridge init "):
            line += " && sed -i s/:3480/:{3480}/ ../hello/bridge.yaml"
        for port, free in ports.items():
            line = line.replace(f"{{{port}}}", str(free))
            line = line.replace(f"127.0.0.1:{port}/", f"127.0.0.1:{free}/")
        lines += [f"echo '{MARK}'", line]
    return "\n".join(lines)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_in(said: str, line: str) -> bool:
    """Tell whether *line* was said; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
    return re.search(rf"^{pattern}\s*$", said, re.MULTILINE) is not None
