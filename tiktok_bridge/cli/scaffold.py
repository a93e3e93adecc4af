"""Write a whole plugin for a person to go on with."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.host import OPENERS

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge.host import Host

NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST: Final = 30  #: characters of a name, so that no line of a file grows too long

TAKEN: Final = {
    "diagnostics",
    "env",
    "http",
    "https",
    "postgresql",
    "sandbox",
    "sqlite",
}
"""Names that something else of a configuration has, besides the schemes of ours."""

TEMPLATES: Final = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".github/workflows/ci.yml": "ci.yml",
    "src/@module@/__init__.py": "init.py",
    "src/@module@/store.py": "store.py",
    "tests/conftest.py": "conftest.py",
    "tests/test_contracts.py": "test_contracts.py",
}
"""Each file of a plugin, and the template of its text."""


def require_free(name: str, host: Host) -> None:
    """Refuse a *name* that is none, or that some plugin has already.

    Raises:
        ConfigError: With what is wrong.
    """
    if not NAME.fullmatch(name) or not 1 < len(name) <= LONGEST:
        raise ConfigError(
            f"{name!a:.60} is no name of a plugin",
            hint=f"write 2 to {LONGEST} small letters, digits and single hyphens,"
            " beginning with a letter",
        )
    installed = dict(host.plugins.list_name_plugin())
    loaded = [one for one, plugin in installed.items() if plugin]
    schemes = {s for one in loaded for of in host.schemes(one).values() for s in of}
    if name in TAKEN | OPENERS.keys() | schemes | installed.keys():
        raise ConfigError(
            f"{name} is the name or the scheme of something else",
            hint="choose another name",
        )


def write(name: str, folder: Path) -> list[Path]:
    """Write the plugin *name* into *folder*, which must not exist; return its files.

    Raises:
        ConfigError: The folder exists, or cannot be written.
    """
    module = f"tiktok_bridge_{name.replace('-', '_')}"
    template = files("tiktok_bridge.cli") / "template"
    texts = {"src/@module@/py.typed": ""}
    for target, source in TEMPLATES.items():
        texts[target] = (template / f"{source}.in").read_text(encoding="utf-8")
    try:
        folder.mkdir(parents=True)
        return [
            _write(folder / _filled(target, name, module), _filled(text, name, module))
            for target, text in texts.items()
        ]
    except FileExistsError:
        raise ConfigError(
            f"{folder} exists already; nothing was written",
            hint="name another folder: tiktok-bridge plugins new NAME FOLDER",
        ) from None
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from None


def _filled(text: str, name: str, module: str) -> str:
    return text.replace("@name@", name).replace("@module@", module)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
