"""Find every check and every collector: our own, and those of plugins."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from tiktok_bridge import Check, Collector, ConfigError
from tiktok_bridge_diagnostics import checks, collectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from tiktok_bridge import Host, Rule

T = TypeVar("T")

TOPICS = (
    "env",
    "plug",
    "cfg",
    "clock",
    "dns",
    "net",
    "key",
    "store",
    "ledger",
    "app",
    "tok",
    "creator",
    "audit",
    "media",
    "lim",
    "hook",
    "log",
    "api",
    "ver",
)
"""The topics of our checks, in the order in which a cause is looked for."""


def all_checks(host: Host | None = None) -> dict[str, Check]:
    """Return every check by its id, in the order in which a cause is looked for.

    Without a *host* those of no plugin: a bundle is judged by our own checks alone.
    """
    own = list(_own(checks, Check))
    theirs = list(_asked(host, "register_checks", Check)) if host else []
    return {one.id: one for one in _ordered([*own, *theirs])}


def all_collectors(host: Host | None = None) -> list[Collector]:
    """Return every collector, sorted by its name."""
    own = list(_own(collectors, Collector))
    theirs = list(_asked(host, "register_collectors", Collector)) if host else []
    return sorted([*own, *theirs], key=lambda one: one.name)


def chosen(
    known: dict[str, Check], only: Iterable[str], skip: Iterable[str]
) -> set[str]:
    """Return the ids that *only* names (all of them if empty) and *skip* does not.

    A name is an id, or a topic such as `tok`, which stands for all that begin with it.

    Raises:
        ConfigError: A name is neither.
    """
    wanted = _named(known, only) if (only := tuple(only)) else set(known)
    return wanted - _named(known, tuple(skip))


def require_known(known: Mapping[str, Check], rules: Iterable[Rule]) -> None:
    """Make sure that *rules* speak of checks and numbers that there are.

    Raises:
        ConfigError: One does not; it names the line.
    """
    for rule in rules:
        check = known.get(rule.check)
        numbers = check.numbers if check else ()
        wrong = set(rule.with_) - {"severity", *numbers}
        is_topic = any(name.startswith(f"{rule.check}.") for name in known)
        if check is None and not is_topic:
            what = f"no check is called {rule.check}"
        elif wrong:
            what = f"{rule.check} has no {', '.join(sorted(wrong))}"
        else:
            continue
        raise ConfigError(
            f"{rule.place}: {what}",
            hint="`tiktok-bridge doctor list` shows the names, doctor.md the numbers",
        )


def _named(known: dict[str, Check], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        those = {one for one in known if one == name or one.startswith(f"{name}.")}
        if not those:
            raise ConfigError(
                f"no check is called {name}",
                hint="`tiktok-bridge doctor list` shows the names",
            )
        found |= those
    return found


def _ordered(found: list[Check]) -> list[Check]:
    def place(one: Check) -> tuple[int, str]:
        topic = one.id.partition(".")[0]
        return (TOPICS.index(topic) if topic in TOPICS else len(TOPICS), one.id)

    return sorted(found, key=place)


def _own(package: ModuleType, kind: type[T]) -> Iterator[T]:
    """Yield every value of *kind* that a module of *package* defines."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            for value in vars(import_module(module.name)).values():
                if isinstance(value, kind):
                    yield value


def _asked(host: Host, hook: str, kind: type[T]) -> Iterator[T]:
    """Yield what every plugin returns of *kind*; one that fails is broken."""
    for name, given in host.registered(hook):
        for value in given:
            if isinstance(value, kind):
                yield value
            else:
                host.call_broken(name, _wrong(hook, value))


def _wrong(hook: str, value: Any) -> TypeError:  # noqa: ANN401 - whatever came
    return TypeError(f"{hook} returned {type(value).__name__} among its values")
