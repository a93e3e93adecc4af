"""Gather how each plugin was loaded."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import Collector, Fact
from tiktok_bridge.host import OPENERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Host, Settings, Visit

OWN_HOOKS: Final = ("open_token_store", "open_media_source", "open_notifier")


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `plugin` about each that is installed.

    Its data: `is_broken`, `error` (the class and the words, without secrets), `hooks`,
    `hook_version`, `is_needed` (`bridge.yaml` names a URL that it opens), `shares` (the
    other plugins that open one of its schemes), `opens_with_secrets` (it is of those
    that open what takes a password), `tells_secrets`.
    """
    host = visit.host
    needed = _needed(visit.settings)
    broken = {one.name: host.told(one) for one in host.broken}
    loaded = {name for name, plugin in host.plugins.list_name_plugin() if plugin}
    for name in sorted(loaded | broken.keys()):
        data = _loaded(host, name, loaded) if name in loaded else dict(_UNKNOWN)
        data |= {"is_broken": name in broken, "error": broken.get(name)}
        data["is_needed"] = bool(needed & {name, *data.pop("schemes")})
        yield Fact("plugin", name, data)


_UNKNOWN: Final[dict[str, Any]] = {
    "hooks": [],
    "hook_version": None,
    "shares": [],
    "schemes": [],
    "opens_with_secrets": False,
    "tells_secrets": False,
}


def _loaded(host: Host, name: str, loaded: set[str]) -> dict[str, Any]:
    schemes = _schemes(host, name)
    hooks = host.opens(name)
    others = [one for one in sorted(loaded - {name}) if _schemes(host, one) & schemes]
    return {
        "hooks": hooks,
        "hook_version": host.hook_version(name),
        "shares": others,
        "schemes": sorted({scheme for _, scheme in schemes}),
        "opens_with_secrets": any(
            hook in OWN_HOOKS and scheme != "file" for hook, scheme in schemes
        ),
        "tells_secrets": "known_secrets" in hooks,
    }


def _schemes(host: Host, name: str) -> set[tuple[str, str]]:
    said = host.schemes(name).items()
    return {(hook, scheme) for hook, schemes in said for scheme in schemes}


def _needed(settings: Settings | None) -> set[str]:
    """Return the schemes of `bridge.yaml`, and the plugins known to open them."""
    if settings is None:
        return set()
    schemes = {url.partition(":")[0].lower() for _, _, url in settings.plugged()}
    openers = (OPENERS.get(one, "").removeprefix("tiktok-bridge-") for one in schemes)
    return set(chain(schemes, filter(None, openers)))


PLUGINS = Collector("plugins", _collect)
