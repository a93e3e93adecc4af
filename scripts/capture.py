"""Make docs/demo.svg: what a terminal shows when `tiktok-bridge demo` has ended.

Run it as `.venv/bin/python scripts/capture.py`. The program runs in a pseudo-terminal,
so that the picture shows its colours and bars as people see them.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "demo.svg"
PROGRAM = Path(sys.executable).with_name("tiktok-bridge")
COLUMNS, ROWS = 100, 60
MOST_LINES = 45

_OUTPUT = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")
_REMOTE_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_INDENTED = re.compile(
    r'x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*>)((?:&#160;)+)'
)
_CELL = 12.2
"""Width of a character in the picture."""

FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
"""Fonts that readers have: a picture on a web page may not load any."""


def run(*arguments: str) -> tuple[int, str]:
    """Run our program in a terminal; return its exit status and what it wrote."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "LINES", "NO_COLOR", "CI")
    }
    with subprocess.Popen(  # noqa: S603 - our own program
        [PROGRAM, *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        env=environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    ) as process:
        os.close(its)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.returncode, written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that nobody holds the other end any more
        return b""


def last_screen(written: str) -> list[str]:
    """Return the lines that stay on the screen, with their colours.

    Knows what rich's progress bars use: go up, erase the line, write it anew.
    """
    lines, row = [""], 0
    for token in _OUTPUT.finditer(written):
        number, command = token.groups()
        if token.group() == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif command == "A":
            row -= int(number or 1)
        elif command == "K":
            lines[row] = ""
        elif command == "m" or command is None:
            lines[row] += token.group().strip("\r")
    return lines


def draw(lines: list[str]) -> str:
    """Return *lines* as an SVG picture of a terminal."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True
    )
    for line in lines:
        console.print(Text.from_ansi(line), no_wrap=True, overflow="ignore", crop=False)
    svg = console.export_svg(title="tiktok-bridge demo", unique_id="demo")
    svg = _REMOTE_FONTS.sub("", svg).replace("Fira Code, monospace", FONTS)
    svg = _INDENTED.sub(_move_right, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _move_right(found: re.Match[str]) -> str:
    """Turn leading spaces into a place: some viewers drop them."""
    x, y, length, rest, spaces = found.groups()
    width = len(spaces) // len("&#160;") * _CELL
    left = f"{float(x) + width:.1f}"
    return f'x="{left}" {y} textLength="{float(length) - width:.1f}"{rest}'


def main() -> None:
    """Write the picture."""
    status, written = run("demo")
    lines = ["\x1b[1m$ tiktok-bridge demo\x1b[0m", *last_screen(written.rstrip())]
    if status or len(lines) > MOST_LINES:
        sys.exit(f"exit status {status}, {len(lines)} lines:\n{written}")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(lines), encoding="utf-8")
    sys.stdout.write(f"wrote {PICTURE.relative_to(ROOT)}: {len(lines)} lines\n")


if __name__ == "__main__":
    main()
