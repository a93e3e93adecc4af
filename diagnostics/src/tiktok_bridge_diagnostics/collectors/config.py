"""Gather what the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError, Collector, Fact, InvalidInput, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `config`.

    Its data: `is_there`, `is_valid`, and what is wrong (`problems`, as lines); of a
    valid one `environment`, `platform`, `scopes`, `base_url`, `redirect_uri`.
    """
    data: dict[str, object] = {"is_there": visit.config.is_file(), "problems": []}
    try:
        settings = Settings.from_file(visit.config)
    except InvalidInput as error:
        data |= {"is_valid": False, "problems": [str(one) for one in error.problems]}
    except BridgeError as error:
        data |= {"is_valid": False, "problems": [error.message]}
    else:
        app = settings.app
        data |= {
            "is_valid": True,
            "environment": app.environment,
            "platform": app.platform,
            "scopes": list(app.scopes),
            "redirect_uri": app.redirect_uri,
            "base_url": settings.base_url,
            "on_unaudited": settings.on_unaudited,
        }
    yield Fact("config", "", data)


CONFIG = Collector("config", _collect)
