"""Write exchanges as a cassette of VCR, in JSON, and read one back.

A cassette has `version` and `interactions`, as VCR writes them, so that VCR plays it.
What VCR does not know stands in `metadata`: who asked, for whom, when, and what broke
without an answer.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import ConfigError
from tiktok_bridge_diagnostics.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION: Final = 1
"""Version of what stands in `metadata`."""


def to_json(exchanges: Iterable[Exchange], name: str = "") -> str:
    """Return the cassette of *exchanges*."""
    told = list(exchanges)
    answered = [one for one in told if one.status is not None]
    metadata = {
        "tiktok_bridge": VERSION,
        "name": name,
        "exchanges": [_about(one) for one in answered],
        "broken": [_broken(one) for one in told if one.status is None],
    }
    cassette = {
        "version": 1,
        "interactions": [_interaction(one) for one in answered],
        "metadata": metadata,
    }
    return json.dumps(cassette, indent=1, ensure_ascii=False) + "\n"


def from_value(value: Any, name: str = "cassette") -> list[Exchange]:  # noqa: ANN401 - parsed JSON
    """Return the exchanges of a cassette that was parsed; one of VCR's own, too.

    Raises:
        ConfigError: It is no cassette.
    """
    try:
        return _read(value, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise ConfigError(
            f"{name} is no cassette of VCR in JSON",
            hint="record one with `tiktok-bridge doctor record -- COMMAND`",
        ) from None


class Persister:
    """VCR's way to files, for one that only its owner may read."""

    @staticmethod
    def save_cassette(
        cassette_path: str | Path,
        cassette_dict: Mapping[str, Any],
        serializer: Any,  # noqa: ANN401 - VCR's interface
    ) -> None:
        """Write the cassette to *cassette_path*, mode 0600, whole or not at all."""
        from vcr.serialize import serialize  # noqa: PLC0415 - imports half of PyPI

        save(Path(cassette_path), serialize(cassette_dict, serializer))

    @staticmethod
    def load_cassette(
        cassette_path: str | Path,
        serializer: Any,  # noqa: ANN401 - VCR's interface
    ) -> Any:  # noqa: ANN401 - VCR's interface
        """Return what VCR makes of the cassette at *cassette_path*."""
        from vcr.persisters.filesystem import CassetteNotFoundError  # noqa: PLC0415
        from vcr.serialize import deserialize  # noqa: PLC0415

        try:
            text = Path(cassette_path).read_text(encoding="utf-8")
        except OSError as error:
            raise CassetteNotFoundError from error
        return deserialize(text, serializer)


def save(path: Path, text: str) -> None:
    """Write *text* to *path*, mode 0600, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
            "w",
            encoding="utf-8",
        ) as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}",
            hint="name a file in a folder that you may write to",
        ) from None


def _interaction(one: Exchange) -> dict[str, Any]:
    return {
        "request": {
            "method": one.method,
            "uri": one.url,
            "body": one.asked,
            "headers": {
                name: list(values) for name, values in one.asked_headers.items()
            },
        },
        "response": {
            "status": {"code": one.status, "message": one.phrase},
            "headers": {name: list(values) for name, values in one.headers.items()},
            "body": {"string": one.answered},
        },
    }


def _about(one: Exchange) -> dict[str, Any]:
    return {
        "by": one.by,
        "number": one.number,
        "about": one.about,
        "at": round(one.at, 3),
        "seconds": round(one.seconds, 3),
        "broke": one.broke,
    }


def _broken(one: Exchange) -> dict[str, Any]:
    return _about(one) | {"request": _interaction(one)["request"]}


def _read(value: Mapping[str, Any], name: str) -> list[Exchange]:
    metadata = value.get("metadata") or {}
    known = metadata.get("exchanges") or []
    interactions = value["interactions"]
    if known and len(known) != len(interactions):
        raise ValueError(name)
    found = []
    for number, told in enumerate(interactions, 1):
        about = known[number - 1] if known else {"by": "cassette", "number": number}
        found.append(_exchange(told["request"], told["response"], about))
    broken = metadata.get("broken") or []
    found += [_exchange(about["request"], None, about) for about in broken]
    return sorted(found, key=lambda one: (one.by, one.number))


def _exchange(
    request: Mapping[str, Any],
    response: Mapping[str, Any] | None,
    about: Mapping[str, Any],
) -> Exchange:
    return Exchange(
        by=str(about["by"]),
        number=int(about["number"]),
        about=str(about.get("about", "")),
        at=float(about.get("at", 0.0)),
        seconds=float(about.get("seconds", 0.0)),
        method=str(request["method"]),
        url=str(request["uri"]),
        asked_headers=_headers(request["headers"]),
        asked=_body(request.get("body")),
        status=int(response["status"]["code"]) if response else None,
        phrase=str(response["status"].get("message") or "") if response else "",
        headers=_headers(response["headers"]) if response else {},
        answered=_body(response["body"].get("string")) if response else "",
        broke=about.get("broke"),
    )


def _headers(given: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [values] if isinstance(values, str) else [str(one) for one in values]
        for name, values in given.items()
    }


def _body(given: Any) -> str:  # noqa: ANN401 - parsed JSON
    if given is None:
        return ""
    if not isinstance(given, str):
        raise TypeError(given)
    return given
