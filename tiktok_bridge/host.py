"""Find plugins, load each one in isolation, and ask them one by one."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import click
import pluggy

from tiktok_bridge import guard, health, hookspecs, manifest
from tiktok_bridge.errors import BridgeError, PluginError
from tiktok_bridge.redaction.addresses import shown
from tiktok_bridge.redaction.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


OPENERS = {
    "file": "tiktok-bridge-file",
    "redis": "tiktok-bridge-redis",
    "rediss": "tiktok-bridge-redis",
    "redis+sentinel": "tiktok-bridge-redis",
    "rediss+sentinel": "tiktok-bridge-redis",
    "unix": "tiktok-bridge-redis",
    "s3": "tiktok-bridge-s3",
    "https": "tiktok-bridge-webhook",
    "http": "tiktok-bridge-webhook",
}
"""Which distribution opens which scheme, to name one that cannot say so itself: it is
missing, or broken."""

EVENTS_ONLY = {"https", "http"}
"""The schemes of which that distribution opens notifiers only."""


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that is installed but could not be loaded."""

    name: str
    error: BaseException

    def __str__(self) -> str:
        return f"{self.name}: {type(self.error).__name__}: {self.error}"


@dataclass(frozen=True, slots=True)
class Host:
    """The plugin manager together with what it could not load.

    Attributes:
        redaction: Hides the secrets of the plugins, and of whoever uses them.
    """

    plugins: pluggy.PluginManager
    broken: list[BrokenPlugin] = field(default_factory=list)
    redaction: Redaction = field(default_factory=Redaction)

    def open_token_store(self, url: str) -> guard.GuardedStore:
        """Open the token store that *url* names; see `_open`."""
        return guard.GuardedStore(*self._open("open_token_store", url), self.redaction)

    def open_media_source(self, url: str) -> guard.GuardedMedia:
        """Open the media source that *url* names; see `_open`."""
        return guard.GuardedMedia(*self._open("open_media_source", url), self.redaction)

    def open_notifier(self, url: str) -> guard.GuardedNotifier:
        """Open the notifier that *url* names; see `_open`."""
        return guard.GuardedNotifier(*self._open("open_notifier", url), self.redaction)

    def health(
        self, name: str, hook: str, url: str, *, deadline: float = health.DEADLINE
    ) -> health.Health:
        """Ask whether what *url* names can be used; nothing is written.

        Args:
            name: Where the URL stands, as `tokens`.
            hook: What opens it, as `open_token_store`; see `Settings.plugged`.
            url: A URL of the configuration.
            deadline: Seconds after which it counts as failed.
        """
        kinds: dict[str, Any] = {
            "open_token_store": self.open_token_store,
            "open_media_source": self.open_media_source,
            "open_notifier": self.open_notifier,
        }
        opened: list[guard.Guarded] = []

        def ask() -> str | None:
            opened.append(kinds[hook](url))
            return opened[0].health()

        (status, words, hint), seconds = health.asked(ask, deadline)
        plugin = opened[0].plugin if opened else None
        words, hint = self.redaction.text(words), hint and self.redaction.text(hint)
        return health.Health(name, plugin, shown(url), status, words, hint, seconds)

    def add_commands(self, cli: click.Group) -> None:
        """Add each plugin's commands to *cli*; a plugin that fails adds none."""
        for impl in self._implementations("register_commands"):
            room = click.Group()
            try:
                impl.function(*[room for _ in impl.argnames])
                if taken := sorted(room.commands.keys() & cli.commands.keys()):
                    _refuse(taken)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins may raise anything
                self.broken.append(BrokenPlugin(impl.plugin_name, error))
            else:
                cli.commands.update(room.commands)

    def learn_secrets(self, *urls: str) -> Redaction:
        """Hide the secrets of *urls* and of the plugins; one that fails is broken."""
        for url in urls:
            self.redaction.add_url(url, keep=True)
        for impl in self._implementations("known_secrets"):
            try:
                self.redaction.add(*guard.secrets(impl.function()))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins may raise anything
                self.call_broken(impl.plugin_name, error)
        return self.redaction

    def registered(self, hook: str) -> Iterator[tuple[str, list[Any]]]:
        """Yield each plugin with what its *hook* returns; one that fails is broken."""
        for impl in self._implementations(hook):
            try:
                returned: Any = impl.function()
                given = list(returned)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins may raise anything
                self.call_broken(impl.plugin_name, error)
            else:
                yield impl.plugin_name, given

    def call_broken(self, name: str, error: BaseException) -> None:
        """Remember that the plugin *name* is broken, once."""
        if name not in {one.name for one in self.broken}:
            self.broken.append(BrokenPlugin(name, error))

    def told(self, broken: BrokenPlugin) -> str:
        """Return what is wrong with *broken*, without secrets."""
        return self.redaction.text(str(broken))

    def opens(self, name: str) -> list[str]:
        """Return the hooks that the plugin *name* implements, sorted."""
        callers = self.plugins.get_hookcallers(self.plugins.get_plugin(name)) or []
        return sorted(caller.name for caller in callers)

    def hook_version(self, name: str) -> int | None:
        """Return for which version of the hooks the plugin *name* was written."""
        return manifest.hook_version(self.plugins.get_plugin(name))

    def schemes(self, name: str) -> dict[str, list[str]]:
        """Return the schemes that the plugin *name* says it opens, by their hook."""
        return manifest.schemes(self.plugins.get_plugin(name))

    def distribution(self, name: str) -> str | None:
        """Return the distribution, and its version, that brought the plugin *name*."""
        for point in installed_plugins():
            if point.name == name and point.dist:
                return f"{point.dist.name} {point.dist.version}"
        return None

    def _open(self, hook: str, url: str) -> tuple[str, Any]:
        """Return the plugin that opens *url* and what it opened.

        Raises:
            PluginError: Nobody opens the scheme of *url*, or the one who would failed.
        """
        failed: list[BrokenPlugin] = []
        self.redaction.add_url(url)
        for impl in self._implementations(hook):
            try:
                opened = impl.function(*[{"url": url}[name] for name in impl.argnames])
            except BridgeError as error:
                guard.clean(error, self.redaction)
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins may raise anything
                failed.append(BrokenPlugin(impl.plugin_name, error))
            else:
                if opened is not None:
                    self.learn_secrets()
                    return impl.plugin_name, opened
        raise self._nobody_opens(hook, url, failed)

    def _implementations(self, hook: str) -> Iterator[pluggy.HookImpl]:
        for impl in reversed(getattr(self.plugins.hook, hook).get_hookimpls()):
            if not (impl.wrapper or impl.hookwrapper):  # they have nothing to wrap here
                yield impl

    def _nobody_opens(
        self, hook: str, url: str, failed: list[BrokenPlugin]
    ) -> PluginError:
        scheme = url.partition(":")[0]
        if failed:
            why = self.told(failed[0])
            return PluginError(f"no plugin could open a {scheme}: URL ({why})")
        is_theirs = hook == "open_notifier" or scheme not in EVENTS_ONLY
        missing = OPENERS.get(scheme) if is_theirs else None
        whose = {scheme, (missing or "").removeprefix("tiktok-bridge-")}
        broken = [b for b in self.broken if b.name in whose]
        if broken:
            why = self.told(broken[0])
            return PluginError(f"the plugin for {scheme}: URLs is broken ({why})")
        if others := self._hooks_for(scheme):
            return PluginError(
                f"no installed plugin opens {scheme}: URLs by {hook}",
                hint=f"{scheme}: URLs are opened by {' and '.join(others)} only",
            )
        return PluginError(
            f"no installed plugin opens {scheme}: URLs",
            hint=f"install {missing}, which opens them"
            if missing
            else f"install a plugin that implements {hook} for {scheme}:",
        )

    def _hooks_for(self, scheme: str) -> list[str]:
        names = [name for name, plugin in self.plugins.list_name_plugin() if plugin]
        said = [pair for name in names for pair in self.schemes(name).items()]
        return sorted({hook for hook, schemes in said if scheme in schemes})


def installed_plugins() -> Iterable[EntryPoint]:
    """Return the entry points of every installed plugin."""
    return entry_points(group=hookspecs.PROJECT)


def load(installed: Iterable[EntryPoint] | None = None) -> Host:
    """Load every installed plugin; one that fails is recorded, not raised."""
    host = Host(pluggy.PluginManager(hookspecs.PROJECT))
    host.plugins.add_hookspecs(hookspecs)
    for point in _own_first(installed_plugins() if installed is None else installed):
        try:
            with redirect_stdout(sys.stderr):  # stdout is for results
                plugin = point.load()
                manifest.hook_version(plugin)
                host.plugins.register(plugin, name=point.name)
            host.plugins.check_pending()  # a misspelt hook is this plugin's fault
            _require_hooks(manifest.schemes(plugin).keys() - host.opens(point.name))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - plugins may raise anything
            host.plugins.set_blocked(point.name)  # undoes the registration
            host.broken.append(BrokenPlugin(point.name, error))
    return host


def _own_first(points: Iterable[EntryPoint]) -> list[EntryPoint]:
    """Put our own plugin first where a stranger uses its name."""
    ordered = list(points)
    if len({point.name for point in ordered}) < len(ordered):
        ordered.sort(
            key=lambda p: bool(p.dist and p.dist.name != f"tiktok-bridge-{p.name}")
        )
    return ordered


def _require_hooks(missing: set[str]) -> None:
    if missing:
        names = ", ".join(sorted(missing))
        raise PluginError(f"its SCHEMES names {names}, which it does not implement")


def _refuse(taken: list[str]) -> None:
    raise PluginError(f"registers commands that exist already: {', '.join(taken)}")
