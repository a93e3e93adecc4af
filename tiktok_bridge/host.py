"""Find plugins, load each one in isolation, and ask them one by one."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import click
import pluggy

from tiktok_bridge import guard, hookspecs
from tiktok_bridge.errors import BridgeError, PluginError
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
}
"""Which distribution opens which scheme, to name the one that is missing."""


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
        broken = [b for b in self.broken if b.name == scheme]
        if broken:
            why = self.told(broken[0])
            return PluginError(f"the plugin for {scheme}: URLs is broken ({why})")
        missing = OPENERS.get(scheme)
        return PluginError(
            f"no installed plugin opens {scheme}: URLs",
            hint=f"install {missing}, which opens them"
            if missing
            else f"install a plugin that implements {hook} for {scheme}:",
        )


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
                host.plugins.register(point.load(), name=point.name)
            host.plugins.check_pending()  # a misspelt hook is this plugin's fault
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


def _refuse(taken: list[str]) -> None:
    raise PluginError(f"registers commands that exist already: {', '.join(taken)}")
