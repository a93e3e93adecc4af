"""Hold a document against its schema, and say what is wrong in plain words."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import Draft202012Validator

    from tiktok_bridge.config.reader import Document
    from tiktok_bridge.models import Place, Problem

Error = Any  # jsonschema.ValidationError, whose attributes are typed as unions

_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "a mapping",
}


def text(name: str) -> str:
    """Return the schema *name* as it ships."""
    return (files("tiktok_bridge.schemas") / f"{name}.schema.json").read_text("utf-8")


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the validator for the schema *name*; built once, it holds no state."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import

    return Draft202012Validator(json.loads(text(name)))


def check(document: Document, name: str, value: object = None) -> list[Problem]:
    """Return everything in *document* that the schema *name* does not allow.

    *value* is checked instead of the document's own, when it was derived from it.
    """
    checked = document.value if value is None else value
    problems: dict[Place, Problem] = {}
    for error in validator(name).iter_errors(checked):
        for problem in _explain(document, error):
            problems.setdefault(problem.place, problem)  # one message for one mistake
    return sorted(problems.values(), key=lambda problem: problem.place.line or 0)


def is_account(name: str) -> bool:
    """Tell whether *name* may name an account."""
    rule = json.loads(text("posts"))["properties"]["defaults"]["properties"]["account"]
    return validator("posts").evolve(schema=rule).is_valid(name)


def _explain(document: Document, error: Error) -> Iterator[Problem]:
    at = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in error.instance.keys() - known.keys():
            yield document.problem((*at, key), _unknown(key, list(known)))
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                rule = error.schema.get("properties", {}).get(key)
                hint = rule or error.schema
                yield document.problem(
                    (*at, key), f"`{key}` is missing", hint=hint.get("description")
                )
    else:
        message = _MESSAGES.get(str(error.validator), _fallback)(error)
        yield document.problem(at, message, hint=_hint(error))


def _unknown(key: str, known: list[str]) -> str:
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    guess = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
    return f"unknown key `{key}`; {guess}"


def _hint(error: Error) -> str | None:
    if error.validator == "not":
        return None
    description = error.schema.get("description")
    return str(description) if description else None


def _enum(error: Error) -> str:
    choices = [str(choice) for choice in error.validator_value]
    close = get_close_matches(str(error.instance).upper(), choices, n=1)
    guess = f"did you mean {close[0]}? " if close else ""
    return (
        f"{_shown(error.instance)} is not one of {', '.join(choices)}. {guess}".strip()
    )


def _type(error: Error) -> str:
    wanted = _TYPES[str(error.validator_value)]
    quotes = "; write it in quotes" if wanted == "text" else ""
    return f"{_said(error)} is not {wanted}{quotes}"


def _length(error: Error) -> str:
    limit = error.validator_value
    if error.validator in ("minLength", "minItems"):
        return "is empty"
    if error.validator == "maxItems":
        return f"has {len(error.instance)} entries; {limit} is the most"
    return f"is {len(error.instance)} characters long; {limit} is the most"


def _fallback(error: Error) -> str:
    return f"{_said(error)} is not allowed here"


def _said(error: Error) -> str:
    """Return what was written, unless it is a secret."""
    return "it" if error.schema.get("writeOnly") else _shown(error.instance)


def _shown(value: Any) -> str:  # noqa: ANN401 - any YAML value
    written = json.dumps(value, ensure_ascii=False, default=repr)
    return written if len(written) <= 60 else f"{written[:57]}..."  # noqa: PLR2004 - one line


_MESSAGES: dict[str, Callable[[Error], str]] = {
    "enum": _enum,
    "const": lambda error: f"{_shown(error.instance)} is not {error.validator_value}",
    "not": lambda error: str(error.schema["description"]),
    "type": _type,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
    "minimum": lambda error: f"{error.instance} is below {error.validator_value}",
    "maximum": lambda error: f"{error.instance} is above {error.validator_value}",
    "uniqueItems": lambda _: "names something twice",
}
