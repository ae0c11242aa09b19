"""The model card: what a model was made of, in the form the Hub reads, in both languages.

It names the release by its root hash, as the release's own card names the permit: whoever has
the one can find and check the other. Names come from people, so they are quoted for YAML and
escaped for Markdown.
"""

from __future__ import annotations

import json
import re

from qinglan.training.recipe import RunRecord

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|&~$])")


def escape(text: str) -> str:
    """``text`` as literal Markdown on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


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
    duties = ", ".join(escape(duty) for duty in lineage.obligations)
    name = escape(lineage.release)
    lines += [
        f"# {name}",
        "",
        f"Trained on release **{name}**, root `{lineage.root}`, under permit `{lineage.permit}`.",
        f"{run.parameters:,} parameters; {run.recipe.steps} steps, seed {run.recipe.seed}, "
        f"{run.completion_tokens:,} completion tokens, {run.examples - run.too_long} examples "
        f"({run.too_long} set aside as too long).",
        f"Obligations: {duties or 'none recorded'}.",
        *(["Part of the data came from **simulated** annotators."] if lineage.simulated else []),
        "The record of the run is `run.json`. It states recorded origin; it cannot show that "
        "nothing else was used.",
        "",
        f"本模型用发布 **{name}** 训练，根哈希 `{lineage.root}`，许可 `{lineage.permit}`。",
        f"参数 {run.parameters:,} 个；{run.recipe.steps} 步，种子 {run.recipe.seed}，"
        f"计入损失的词元 {run.completion_tokens:,} 个，样例 {run.examples - run.too_long} 条"
        f"（另有 {run.too_long} 条过长，已搁置）。",
        f"附带义务：{duties or '无记录'}。",
        *(["部分数据来自**模拟**标注者。"] if lineage.simulated else []),
        "训练记录见 `run.json`。它说明有记录的来源，不能证明没有用过别的数据。",
        "",
    ]
    return "\n".join(lines)
