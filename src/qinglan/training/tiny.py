"""A language model small enough to be made and taught while one watches.

The demo needs a base model that nobody has to download and that two cores can train in a minute:
a Llama of some 160,000 parameters over single characters. It is written to disk in the common
form, so that everything after it (loading, training, answering) is the code that also takes a
model of seven billion.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qinglan.training import parts

PAD, END = "<pad>", "<eos>"


def make(
    folder: Path,
    *,
    texts: Iterable[str],
    seed: int,
    width: int = 64,
    layers: int = 3,
    heads: int = 4,
    inner: int = 192,
    window: int = 128,
) -> Path:
    """Make an untrained model and its tokenizer in ``folder``.

    Args:
        folder: where ``config.json``, ``model.safetensors`` and the tokenizer are written.
        texts: every character in them becomes a token, and so does the line break.
        seed: of the weights.
        width: of the residual stream.
        layers: number of blocks.
        heads: of attention in each block; divides ``width``.
        inner: width within each block's feed-forward part.
        window: most tokens that the model can read.

    Raises:
        MissingPart: the training stack is not installed.
    """
    parts.require()
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer(texts, window)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=window,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        # Four times the usual spread: at this width the usual one learns nothing in 500 steps.
        initializer_range=0.08,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(texts: Iterable[str], window: int) -> Any:  # noqa: ANN401
    """One token a character."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.decoders import Fuse
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split
    from transformers import PreTrainedTokenizerFast

    characters = sorted({character for text in texts for character in text} | {"\n"})
    vocabulary = {token: place for place, token in enumerate([PAD, END, *characters])}
    raw = Tokenizer(WordLevel(vocabulary, unk_token=PAD))
    raw.pre_tokenizer = Split(Regex(r"[\s\S]"), behavior="isolated")
    raw.decoder = Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token=PAD, eos_token=END, model_max_length=window,
        padding_side="left", clean_up_tokenization_spaces=False,
    )  # fmt: skip
