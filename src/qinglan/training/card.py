"""The model card: what a model was made of, in the form the Hub reads, in both languages.

It names the release by its root hash, as the release's own card names the permit: whoever has
the one can find and check the other. Names come from people, so they are quoted for YAML and
escaped for Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from qinglan.training.recipe import RunRecord
from qinglan.wording import LANGUAGES, Language, say

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|&~$])")


def escape(text: str) -> str:
    """``text`` as literal Markdown on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _duties(obligations: Sequence[str], language: Language) -> list[str]:
    """What whoever uses or passes on the model owes, a point each."""
    told = (f"- `{name}`: {escape(say(f'obligation.{name}', language))}" for name in obligations)
    if not obligations:
        return ["无附带义务的记录。" if language == "zh" else "No obligations are recorded."]
    owed = (
        "使用或传播本模型者须履行："
        if language == "zh"
        else "Whoever uses this model or passes it on owes:"
    )
    return ["", owed, "", *told, ""]


def write_card(run: RunRecord) -> str:
    """The text of ``README.md`` beside the weights of ``run``."""
    lineage = run.lineage
    front = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["qinglan", "sft"],
        "qinglan_run": run.id,
        "qinglan_release": lineage.release,
        "qinglan_release_root": lineage.root,
        "qinglan_permit": lineage.permit,
    }
    lines = ["---", *(f"{key}: {json.dumps(value)}" for key, value in front.items()), "---", ""]
    duties = {language: _duties(lineage.obligations, language) for language in LANGUAGES}
    name = escape(lineage.release)
    lines += [
        f"# {name}",
        "",
        f"Trained on release **{name}**, root `{lineage.root}`, under permit `{lineage.permit}`.",
        f"{run.parameters:,} parameters; {run.recipe.steps} steps, seed {run.recipe.seed}, "
        f"{run.completion_tokens:,} completion tokens, {run.examples - run.too_long} examples "
        f"({run.too_long} set aside as too long).",
        *duties["en"],
        *(["Part of the data came from **simulated** annotators."] if lineage.simulated else []),
        "The record of the run is `run.json`. It states recorded origin; it cannot show that "
        "nothing else was used.",
        "",
        f"本模型用发布 **{name}** 训练，根哈希 `{lineage.root}`，许可 `{lineage.permit}`。",
        f"参数 {run.parameters:,} 个；{run.recipe.steps} 步，种子 {run.recipe.seed}，"
        f"计入损失的词元 {run.completion_tokens:,} 个，样例 {run.examples - run.too_long} 条"
        f"（另有 {run.too_long} 条过长，已搁置）。",
        *duties["zh"],
        *(["部分数据来自**模拟**标注者。"] if lineage.simulated else []),
        "训练记录见 `run.json`。它说明有记录的来源，不能证明没有用过别的数据。",
        "",
    ]
    return "\n".join(lines)
