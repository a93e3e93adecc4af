"""Read what a plugin says of itself: two names of its module, neither required."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tiktok_bridge.errors import PluginError
from tiktok_bridge.hookspecs import HOOK_VERSION


def hook_version(plugin: object) -> int | None:
    """Return the version of the hooks for which *plugin* was written, None if unsaid.

    Raises:
        PluginError: It is newer than this release, or no version.
    """
    version: Any = getattr(plugin, "HOOK_VERSION", None)
    if version is None:
        return None
    if type(version) is not int or version < 1:
        raise PluginError(f"its HOOK_VERSION is {version!r:.60}, and no number from 1")
    if version > HOOK_VERSION:
        raise PluginError(
            f"it was written for version {version} of the hooks, and this release of"
            f" tiktok-bridge has version {HOOK_VERSION}; install a newer tiktok-bridge,"
            " or an older release of the plugin"
        )
    return version


def schemes(plugin: object) -> dict[str, list[str]]:
    """Return which schemes *plugin* opens by which hook; empty if it does not say.

    Raises:
        PluginError: What it says is no mapping of hooks to schemes.
    """
    said: Any = getattr(plugin, "SCHEMES", {})
    if not isinstance(said, Mapping) or not all(map(_is_list, said.values())):
        raise PluginError("its SCHEMES is no mapping of hooks to lists of schemes")
    return {str(hook): list(of_hook) for hook, of_hook in said.items()}


def _is_list(value: Any) -> bool:  # noqa: ANN401 - what a plugin said
    is_one = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return is_one and all(isinstance(scheme, str) for scheme in value)
