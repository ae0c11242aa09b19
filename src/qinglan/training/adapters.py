"""LoRA: small matrices beside the linear layers learn, and are merged into them at the end.

A merged model is a model like any other: it loads, is hashed, evaluated and handed on without
the library that trained it.
"""

from __future__ import annotations

import warnings
from typing import Any

from qinglan.training.recipe import Recipe


def add(model: Any, recipe: Recipe) -> Any:  # noqa: ANN401
    """``model`` with adapters on every linear layer but the last, if the recipe wants them."""
    if recipe.lora_rank is None:
        return model
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(recipe.seed)  # the adapters begin at random
    config = LoraConfig(
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha or 2 * recipe.lora_rank,
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what one library says of another's names is not ours
        return get_peft_model(model, config)


def merge(model: Any, recipe: Recipe) -> Any:  # noqa: ANN401
    """The plain model, with what the adapters learnt in its own weights."""
    return model if recipe.lora_rank is None else model.merge_and_unload()
