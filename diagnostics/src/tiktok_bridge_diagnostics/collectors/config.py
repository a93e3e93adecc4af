"""Gather what the configuration says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tiktok_bridge import BridgeError, Collector, Fact, InvalidInput, Settings
from tiktok_bridge_diagnostics import scalars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge import Problem, Visit
    from tiktok_bridge_diagnostics.scalars import Scalar

VARIABLE: Final = "TIKTOK_BRIDGE_CONFIG"
"""Names the file that is read when no option does."""

PRODUCTION: Final = "open.tiktokapis.com"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

_FILLED: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(:-)?")
_PASSWORD: Final = re.compile(r"://[^/@\s]*:(?!\$\{)[^/@\s]+@")


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `config`.

    Its data: `is_there`, `is_valid`, and what is wrong: `problems` (as lines) beside
    `traps` (values without quotes that YAML takes for something else: `key`, `line`,
    `type`, and whether that is an error, `is_refused`) and `redirect_problem`. How it
    is written: `inline` (the keys that hold a secret in clear text), `variables`
    (`name`, `is_set`, `is_empty`, `has_default`), `is_shadowing` (TIKTOK_BRIDGE_CONFIG
    names it, and another one is in this folder), `base_url_is` (production, loopback,
    other). Of a valid one also `environment`, `platform`, `scopes`, `base_url`,
    `base_url_is_https`, `redirect_uri` and `on_unaudited`.
    """
    written = scalars.read(visit.config)
    data: dict[str, object] = {
        "is_there": visit.config.is_file(),
        "problems": [],
        "traps": [_trap(one, is_refused=False) for one in _traps(written)],
        "redirect_problem": None,
        "inline": [one.key for one in written if _holds_secret(one)],
        "variables": _variables(written, visit.environ),
        "base_url_is": _host_kind(_base_url(written)),
        "is_shadowing": _is_shadowing(visit.config, visit.environ),
    }
    try:
        settings = Settings.from_file(visit.config, visit.environ)
    except InvalidInput as error:
        data |= {"is_valid": False} | _wrong(error.problems, written)
    except BridgeError as error:
        data |= {"is_valid": False, "problems": [error.message]}
    else:
        data |= {"is_valid": True} | _said(settings)
    yield Fact("config", "", data)


def _said(settings: Settings) -> dict[str, object]:
    app = settings.app
    return {
        "environment": app.environment,
        "platform": app.platform,
        "scopes": list(app.scopes),
        "redirect_uri": app.redirect_uri,
        "base_url": settings.base_url,
        "base_url_is": _host_kind(settings.base_url),
        "base_url_is_https": settings.base_url.startswith("https:"),
        "on_unaudited": settings.on_unaudited,
    }


def _base_url(written: list[Scalar]) -> str | None:
    """Return the base URL as it is written, also in a file that is not valid."""
    found = [one.text for one in written if one.key == "api.base_url"]
    return found[0] if found else None


def _host_kind(url: str | None) -> str:
    try:
        host = urlsplit(url).hostname if url else PRODUCTION
    except ValueError:
        return "other"
    names = dict.fromkeys(LOOPBACK, "loopback") | {PRODUCTION: "production"}
    return names.get(host or "", "other")


def _wrong(problems: tuple[Problem, ...], written: list[Scalar]) -> dict[str, Any]:
    """Tell apart the problems that a check of its own explains."""
    traps = {one.key: one for one in _traps(written)}
    others, redirect, refused = [], None, set()
    for one in problems:
        if one.place.key in traps:
            refused.add(one.place.key)
        elif one.place.key == "app.redirect_uri":
            redirect = one.message
        else:
            others.append(str(one).replace("\n  → ", "; "))
    listed = [_trap(one, is_refused=key in refused) for key, one in traps.items()]
    return {"problems": others, "traps": listed, "redirect_problem": redirect}


def _traps(written: list[Scalar]) -> list[Scalar]:
    """Return what is to be text, and other readers of YAML take for something else."""
    return [
        one
        for one in written
        if one.type not in ("str", "null") and one.key != "version"
    ]


def _trap(one: Scalar, *, is_refused: bool) -> dict[str, object]:
    return {
        "key": one.key,
        "line": one.line,
        "type": one.type,
        "is_refused": is_refused,
    }


def _holds_secret(one: Scalar) -> bool:
    if one.key == "app.client_secret":
        return bool(one.text) and "${" not in one.text
    return _PASSWORD.search(one.text) is not None


def _variables(
    written: list[Scalar], environ: Mapping[str, str]
) -> list[dict[str, object]]:
    named = {
        name: bool(default)
        for one in written
        for name, default in _FILLED.findall(one.text)
    }
    return [
        {
            "name": name,
            "is_set": name in environ,
            "is_empty": environ.get(name) == "",
            "has_default": has_default,
        }
        for name, has_default in sorted(named.items())
    ]


def _is_shadowing(config: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether the environment chose *config* before the one in this folder."""
    named, here = environ.get(VARIABLE), Path("bridge.yaml")
    if not named or not here.is_file():
        return False
    chosen = config.resolve()
    return Path(named).resolve() == chosen and here.resolve() != chosen


CONFIG = Collector("config", _collect)
