"""A model in a folder, run here by transformers.

Only safetensors weights are read, only from the given folder, and no code that came with a model
is ever run.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from qinglan.endpoints.completion import check_request
from qinglan.errors import EndpointError, MissingPart

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_BLOCKS, _SPARE = (1 << 30, 32 << 20), 1 << 30
"""Bytes: the largest block that is kept (an older glibc takes no more than the second), and how
much free memory is."""

ROWS = 512
"""Completions made at once."""


class LocalModel:
    """The model in ``folder``, as ``save_pretrained`` writes it. Loaded at the first question."""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """Raises ``MissingPart`` without transformers, ``EndpointError`` without a model."""
        for part in ("torch", "transformers"):
            if importlib.util.find_spec(part) is None:
                raise MissingPart("endpoints.missing_part", part=part)
        if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
            raise EndpointError("endpoints.no_model", folder=folder)
        self.folder = folder
        self.name = name or folder.name

    def complete(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 256,
        seed: int = 0,
    ) -> list[list[str]]:
        """See ``Endpoint.complete``. Prompts of like length go together, padded on the left."""
        check_request(n, temperature, max_tokens)
        import torch

        if temperature == 0:
            once = self._complete(prompts, 1, temperature, max_tokens)
            return [texts * n for texts in once]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return self._complete(prompts, n, temperature, max_tokens)

    def _complete(
        self, prompts: Sequence[str], n: int, temperature: float, max_tokens: int
    ) -> list[list[str]]:
        tokenizer, _ = self._loaded
        encoded = tokenizer(list(prompts), add_special_tokens=False).input_ids if prompts else []
        empty = next((place for place, ids in enumerate(encoded, 1) if not ids), None)
        if empty is not None:
            raise EndpointError("endpoints.empty_prompt", number=empty)
        order = sorted(range(len(prompts)), key=lambda place: len(encoded[place]))
        texts: list[list[str]] = [[] for _ in prompts]
        at_once = max(1, ROWS // n)
        for begin in range(0, len(order), at_once):
            part = order[begin : begin + at_once]
            made = self._generate([encoded[place] for place in part], n, temperature, max_tokens)
            for number, place in enumerate(part):
                texts[place] = made[number * n : (number + 1) * n]
        return texts

    def _generate(
        self, rows: list[list[int]], n: int, temperature: float, max_tokens: int
    ) -> list[str]:
        import torch

        tokenizer, model = self._loaded
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, width - len(row) :] = torch.tensor(row)
            mask[place, width - len(row) :] = 1
        room = model.config.max_position_embeddings - width
        if room < 1:
            raise EndpointError("endpoints.prompt_too_long", tokens=width)
        how = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
        with torch.inference_mode():
            out = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                max_new_tokens=min(max_tokens, room),
                num_return_sequences=n,
                pad_token_id=tokenizer.pad_token_id,
                **(how if temperature > 0 else {"do_sample": False}),
            )
        decoded: list[str] = tokenizer.batch_decode(out[:, width:], skip_special_tokens=True)
        return decoded

    @cached_property
    def tokenizer(self) -> Any:  # noqa: ANN401
        """The model's tokenizer; see ``load_tokenizer``."""
        return load_tokenizer(self.folder)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        keep_quiet()
        import torch
        from transformers import AutoModelForCausalLM

        tokenizer = self.tokenizer
        try:
            model = AutoModelForCausalLM.from_pretrained(
                self.folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
            )
        except (OSError, ValueError) as error:
            raise _broken(self.folder, error) from error
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def load_tokenizer(folder: Path) -> Any:  # noqa: ANN401
    """The tokenizer of the model in ``folder``.

    Raises:
        EndpointError: it cannot be read.
    """
    keep_quiet()
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise _broken(folder, error) from error


def _broken(folder: Path, error: Exception) -> EndpointError:
    why = str(error).splitlines()[0] if str(error) else type(error).__name__
    return EndpointError("endpoints.broken_model", folder=folder, why=why)


def keep_quiet() -> None:
    """Make the model libraries stay at home, say nothing, and wait for cores with patience.

    Call it before torch is first loaded. Left alone, threads that wait spin for long, and where
    anything else wants a core they wait for each other's time slices; asleep at once, they spend
    the step on waking up. Measured on two quiet cores, a step of a tiny model: 57 ms with this
    short spin, 85 ms sleeping at once; the results are the same.
    """
    for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_OFFLINE"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    _keep_memory()
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _keep_memory() -> None:
    """Let freed memory stay with the process, where glibc gives a way to say so.

    Every step of a training frees what the next one needs again. glibc hands blocks of that size
    back to the system each time and pays for every page anew: measured on two cores, training
    400 steps of a tiny model spent 31 of 80 seconds of processor time in the kernel, and less
    than 1 of 40 with this.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    any(mallopt(_M_MMAP_THRESHOLD, block) for block in _BLOCKS)
    mallopt(_M_TRIM_THRESHOLD, _SPARE)
