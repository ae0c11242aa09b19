"""What evaluation and headroom say."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.evaluation.bad_manner": Phrase(
        "{field}: {why}; give another value", "{field}：{why}；请换一个值"
    ),
    "error.evaluation.busy": Phrase(
        "another process works on {file}: wait for it",
        "另一个进程正在处理 {file}：请等它结束",
    ),
    "error.evaluation.sheet_damaged": Phrase(
        "{file}: the worksheet of this evaluation was altered; remove it and evaluate again",
        "{file}：本次评测的工作单被改动过；请删除后重新评测",
    ),
    "error.evaluation.bad_items": Phrase(
        "an evaluation needs items with ids of their own and k of at least 0, "
        "not {items} items with k={k}: mend the set",
        "评测需要编号互不重复的题目且 k 不小于 0，现有 {items} 题、k={k}：请修正评测集",
    ),
    "error.evaluation.other_items": Phrase(
        "{model} and {other} were scored on different items: score both on the same set",
        "{model} 与 {other} 的评测题目不同：请在同一评测集上重新打分",
    ),
    "error.evaluation.no_headroom": Phrase(
        "headroom needs samples of {model} and expert answers to the same items: "
        "score it with k of at least 1",
        "提升空间需要 {model} 的多次采样以及专家对相同题目的作答：请以不小于 1 的 k 打分",
    ),
    "error.evaluation.bad_budget": Phrase(
        "a budget of {budget} tasks cannot be spent: give 0 or more",
        "预算 {budget} 题无法分配：请给出不小于 0 的数",
    ),
}
