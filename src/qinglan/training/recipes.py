"""Recipes as people write them: a TOML file, options over it, and defaults for what is left."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qinglan.errors import InputError, UsageError
from qinglan.training.recipe import Recipe

_MAX_BYTES = 2**16
PASSES = 3
"""Times that each example is shown, where nobody says how many steps."""
DEFAULTS: Mapping[str, Any] = {"learning_rate": Decimal("0.00002"), "seed": 0}


def read_recipe(file: Path) -> dict[str, Any]:
    """The fields of ``Recipe`` that a TOML file gives, each checked by itself.

    Raises:
        InputError: the file cannot be read, or a field in it is unknown or senseless; names both.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ValueError(f"larger than {_MAX_BYTES} bytes")
        # Decimals, for they enter a hash.
        given = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise InputError("training.recipe_unreadable", file=file, why=error.strerror) from error
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0]
        raise InputError("training.recipe_unreadable", file=file, why=why) from error
    try:
        Recipe.model_validate({"steps": 1, **DEFAULTS, **given})
    except ValidationError as error:
        field, why = _first(error)
        raise InputError("training.recipe_field", file=file, field=field, why=why) from None
    return given


def make_recipe(given: Mapping[str, Any], *, examples: int) -> Recipe:
    """The recipe of what is ``given``, with defaults for the rest.

    Args:
        given: fields of ``Recipe``.
        examples: how many there are; without ``steps`` each is shown ``PASSES`` times, as far as
            ``batch`` says how many fit a step.

    Raises:
        UsageError: a field is unknown or senseless, or steps are missing and cannot be derived.
    """
    try:
        recipe = Recipe.model_validate({"steps": 1, **DEFAULTS, **given})
    except ValidationError as error:
        field, why = _first(error)
        raise UsageError("training.bad_recipe", field=field, why=why) from None
    if "steps" in given:
        return recipe
    if recipe.batch_tokens is not None:
        raise UsageError("training.no_steps")
    steps = math.ceil(PASSES * examples / recipe.batch)
    return recipe.model_copy(update={"steps": max(1, steps)})


def _first(error: ValidationError) -> tuple[str, str]:
    first = error.errors(include_input=False, include_url=False)[0]
    return ".".join(map(str, first["loc"])) or "recipe", first["msg"]
