"""The schemas of what TikTok is asked and answers, and what breaks them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

URN: Final = "urn:tiktok-bridge:schema:tiktok:"
"""What the ``$id`` of every schema begins with."""

LOCAL: Final = ("$id", "$schema", "title")
"""Keywords that a schema loses when it becomes part of another."""


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# To JSON Schema 64.0 is an integer; an int64 of TikTok's is none with a fraction.
_Strict: Final = extend(  # type: ignore[no-untyped-call]  # the stubs leave it so
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


@dataclass(frozen=True)
class Breach:
    """One place where a value breaks its schema."""

    schema: str
    where: str
    """Path of the field, as ``data.status``; empty for the whole."""

    keyword: str
    """The rule of JSON Schema that is broken."""

    instance: object
    """The value at that place."""

    rule: Mapping[str, Any]
    """The schema of that place."""

    message: str
    """What is wrong, in the words of the validator."""

    def __str__(self) -> str:
        """Say which field breaks which schema."""
        return f"{self.where or 'the whole'} breaks {self.schema}: {self.message}"


def breaches(name: str, value: Any) -> Iterator[Breach]:  # noqa: ANN401 - any JSON
    """Yield every breach of the schema *name* in *value*."""
    return (_as_breach(name, error) for error in _validator(name).iter_errors(value))


def webhook_breaches(name: str, body: Mapping[str, object]) -> Iterator[Breach]:
    """Yield every breach in the body of a webhook and in the JSON inside it."""
    found = list(breaches(name, body))
    yield from found
    if not found:
        content = json.loads(str(body["content"]))
        yield from breaches(name.replace("webhook-", "webhook-content-", 1), content)


@cache
def _validator(name: str) -> Validator:
    return cast("Validator", _Strict(_inlined(_load(name))))


def _inlined(rule: Any) -> Any:  # noqa: ANN401 - any JSON
    # A reference costs more than all other keywords of a small schema together.
    if isinstance(rule, list):
        return [_inlined(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    own = {key: _inlined(value) for key, value in rule.items() if key != "$ref"}
    if "$ref" not in rule:
        return own
    target = _load(rule["$ref"].removeprefix(URN).partition(":")[0])
    return _inlined({k: v for k, v in target.items() if k not in LOCAL}) | own


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_file(name).read_text("utf-8"))
    return loaded


def _file(name: str) -> Traversable:
    return files("tiktok_bridge.schemas") / "tiktok" / f"{name}.schema.json"


def _as_breach(name: str, error: ValidationError) -> Breach:
    path = [f"[{one}]" if isinstance(one, int) else one for one in error.absolute_path]
    if error.validator == "required":
        # The validator stops at the first missing name and tells it in words only.
        path.append(_first_missing(error))
    return Breach(
        schema=name,
        where=".".join(path).replace(".[", "["),
        keyword=str(error.validator),
        instance=error.instance,
        rule=error.schema if isinstance(error.schema, dict) else {},
        message=error.message,
    )


def _first_missing(error: ValidationError) -> str:
    required = cast("list[str]", error.validator_value)
    return next(
        name for name in required if error.message == f"{name!r} is a required property"
    )
