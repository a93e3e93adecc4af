"""Fill `${VAR}` and `${VAR:-default}` in from the environment."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from tiktok_bridge.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge.config.reader import Document

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def variable(name: str) -> str | None:
    """Return the environment variable *name*, or None when it is not set."""
    return os.environ.get(name)


def fill(document: Document, environ: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - any YAML value
    """Return the value of *document* with every variable filled in.

    Raises:
        InvalidInput: A variable is not set (or empty) and has no default.
    """
    known = os.environ if environ is None else environ

    def walk(value: Any, keys: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any YAML value
        if isinstance(value, dict):
            return {key: walk(item, (*keys, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, (*keys, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            if "${" in _VARIABLE.sub("", value):
                wrong = "`${` starts no variable: write ${NAME} or ${NAME:-default}"
                raise InvalidInput(document.problem(keys, wrong))
            return _VARIABLE.sub(lambda found: one(found, keys), value)
        return value

    def one(found: re.Match[str], keys: tuple[str | int, ...]) -> str:
        name, default = found.groups()
        filled = known.get(name) or default
        if filled is None:
            raise InvalidInput(
                document.problem(
                    keys,
                    f"the variable ${{{name}}} is not set",
                    hint=f"export {name}=…, or write ${{{name}:-a default}}",
                )
            )
        return filled

    return walk(document.value, ())
