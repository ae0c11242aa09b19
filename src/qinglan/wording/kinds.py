"""What the kinds of work say about an answer."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.kinds.missing_field": Phrase(
        "field {field}: is missing; an answer of kind {kind} needs it",
        "字段 {field}：缺失；{kind} 类作答必须填写",
    ),
    "error.kinds.unknown_field": Phrase(
        "field {field}: has no place in an answer of kind {kind}; allowed: {fields}",
        "字段 {field}：{kind} 类作答不含此字段；可用字段：{fields}",
    ),
    "error.kinds.bad_value": Phrase(
        "field {field}: does not fit an answer of kind {kind}; give text, and steps line by line",
        "字段 {field}：不符合 {kind} 类作答的要求；请填写文本，步骤每行一条",
    ),
    "error.kinds.not_an_option": Phrase(
        "field {field}: names none of the task's options; give a letter or an option's text",
        "字段 {field}：不是该题的选项；请填写选项字母或选项原文",
    ),
    "error.kinds.not_a_side": Phrase(
        "field {field}: names no side; give left, right or tie",
        "字段 {field}：未指明哪一侧更好；请填 left、right 或 tie",
    ),
    "error.kinds.not_marks": Phrase(
        "field {field}: marks are right, neutral or wrong, or 1, 0 or -1, one a step",
        "字段 {field}：每步的评判须为 right、neutral、wrong，或 1、0、-1",
    ),
    "error.kinds.marks_misfit": Phrase(
        "field {field}: mark every step from the first on, and stop at the first wrong one",
        "字段 {field}：请从第一步起逐步评判，遇到第一个错误步骤即止",
    ),
    "error.kinds.alternatives_misfit": Phrase(
        "field {field}: rate the candidates of every step from the first on; each step but the "
        "last goes on by one candidate that is not wrong, or by a written step",
        "字段 {field}：请从第一步起评判每步的各个候选；除最后一步外，每步须选定一个并非错误的候选，"
        "或写出正确的一步",
    ),
    "error.kinds.alternatives_finish": Phrase(
        "field {field}: found_error needs a step with a wrong candidate and none chosen; solution "
        "needs every step to go on",
        "字段 {field}：found_error 须有一步含错误候选且未选定任何候选；solution 须每步都能继续",
    ),
    "error.kinds.item_key": Phrase(
        "field {field}: others' answers are held against it, so it must state one answer and "
        "nothing else: a number, or a few words",
        "字段 {field}：他人的作答要与之核对，因此只能写出一个答案：一个数，或寥寥数词",
    ),
    "error.kinds.item_difficulty": Phrase(
        "field {field}: give a whole number from 1 (easy) to 5 (hard)",
        "字段 {field}：请填 1（易）到 5（难）的整数",
    ),
    "error.kinds.not_turns": Phrase(
        "field {field}: a conversation is a list of turns, each with role (system, user or "
        "assistant) and content that is not empty",
        "字段 {field}：对话须为轮次列表，每轮含 role（system、user 或 assistant）与非空的 content",
    ),
    "error.kinds.turns_misfit": Phrase(
        "field {field}: user and assistant take turns, starting where the task's conversation "
        "ends; the last turn is the assistant's, and only a task gives a system turn",
        "字段 {field}：user 与 assistant 须轮流发言，紧接题目中的对话，并以 assistant 结尾；"
        "system 轮次只能由题目给出",
    ),
    "error.kinds.not_a_finish": Phrase(
        "field {field}: give one of {known}", "字段 {field}：请填 {known} 之一"
    ),
}
