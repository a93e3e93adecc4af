"""A plugin between us and the files that misbehaves from some moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.world import load
from tiktok_bridge import hookimpl, host

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.matrix.world import World

    Odd = Callable[[str, tuple[object, ...]], object]

GOOD: Final = object()
"""What an odd plugin returns where it lets the real one work."""


class OddPlugin:
    """Open what the real plugin opens, and be *odd* once the fault has struck."""

    def __init__(self, inner: host.Host, odd: Odd, struck: list[bool]) -> None:
        self._inner = inner
        self._odd = odd
        self._struck = struck

    @hookimpl(tryfirst=True)
    def open_token_store(self, url: str) -> object:
        return self._wrap(self._inner.open_token_store(url))

    @hookimpl(tryfirst=True)
    def open_media_source(self, url: str) -> object:
        return self._wrap(self._inner.open_media_source(url))

    @hookimpl(tryfirst=True)
    def open_notifier(self, url: str) -> object:
        return self._wrap(self._inner.open_notifier(url))

    def _wrap(self, real: object) -> object:
        return _Odd(real, self._odd, self._struck)


class _Odd:
    def __init__(self, real: object, odd: Odd, struck: list[bool]) -> None:
        self._real, self._odd, self._struck = real, odd, struck

    def __getattr__(self, name: str) -> object:
        real = getattr(self._real, name)

        def call(*arguments: object, **more: object) -> object:
            if self._struck:
                odd = self._odd(name, (*arguments, *more.values()))
                if odd is not GOOD:
                    return odd
            return real(*arguments, **more)

        return call


def _raises(_: str, __: tuple[object, ...]) -> object:
    raise RuntimeError("the disk of this plugin is on fire")


def _hangs(_: str, __: tuple[object, ...]) -> object:
    raise KeyboardInterrupt  # somebody has waited, and pressed Ctrl-C


def _is_odd(_: str, __: tuple[object, ...]) -> object:
    return 42


def _prints(name: str, arguments: tuple[object, ...]) -> object:
    print(name, *arguments)  # noqa: T201 - what a careless plugin does
    return GOOD


def _plugin(odd: Odd) -> Fault:
    struck: list[bool] = []

    def prepare(world: World) -> None:
        inner = host.load()

        def loaded() -> host.Host:
            found = load()
            found.plugins.register(OddPlugin(inner, odd, struck), name="odd")
            return found

        world.patch.setattr(host, "load", loaded)
        struck.clear()

    def happen(_: World) -> None:
        struck.append(True)

    def repair(_: World) -> None:
        struck.clear()

    return Fault(
        prepare=prepare,
        happen=happen,
        repair=repair,
        at_start=True,
        early=True,
        times=1,
    )


FAULTS: Final = {
    "plugin raises": _plugin(_raises),
    "plugin hangs": _plugin(_hangs),
    "plugin returns another type": _plugin(_is_odd),
    "plugin prints what it is given": _plugin(_prints),
}
