"""What the kinds that measure, score, order and mark say about an answer."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.kinds.not_a_number": Phrase(
        "field {field}: is no single number; write it in digits, with at most a unit that "
        "converts into the one asked for",
        "字段 {field}：不是一个明确的数；请用数字填写，如带单位，须能换算为题目要求的单位",
    ),
    "error.kinds.out_of_range": Phrase(
        "field {field}: is out of range; give a number in the range {range}",
        "字段 {field}：超出范围；请填写 {range} 之间的数",
    ),
    "error.kinds.not_scores": Phrase(
        "field {field}: needs one level for each criterion, and no other: {criteria}",
        "字段 {field}：每项准则须给且只给一个分数，范围为：{criteria}",
    ),
    "error.kinds.not_a_ranking": Phrase(
        "field {field}: is no ranking; name every item once, the best first, such as 2>1>3",
        "字段 {field}：不是完整的排序；请从最好的起，每项列出一次，如 2>1>3",
    ),
    "error.kinds.not_spans": Phrase(
        "field {field}: holds a span that does not fit; each needs a label of the task ({labels}) "
        "and two places in the text, such as “{example} 12-17”, and spans of one label must not "
        "overlap",
        "字段 {field}：有标记不合要求；每处须写明题目的标签（{labels}）和起止位置，"
        "如“{example} 12-17”，同一标签的标记不得重叠",
    ),
    "error.kinds.span_words": Phrase(
        "field {field}: at {start}-{end} stands “{there}”, not “{words}”; count places in Unicode "
        "characters, from 0",
        "字段 {field}：{start}-{end} 处为“{there}”，而非“{words}”；位置须按 Unicode 字符从 0 计数",
    ),
    "error.kinds.span_counted": Phrase(
        "field {field}: at {start}-{end} stands “{there}”, not “{words}”; these places are counted "
        "in {counted}: count Unicode characters instead",
        "字段 {field}：{start}-{end} 处为“{there}”，而非“{words}”；这些位置是按 {counted} 计数的，"
        "请改按 Unicode 字符计数",
    ),
    "error.kinds.bad_scheme": Phrase(
        "{where}: cannot be used as a scheme ({why}); give criteria, labels or a measure, each "
        "with a key, and texts in en and zh",
        "{where}：无法用作标注方案（{why}）；请给出 criteria、labels 或 measure，"
        "各项须有 key 及 en、zh 文本",
    ),
    "error.kinds.key_gone": Phrase(
        "the scheme drops or rescales {keys}, which tasks here rest on; keep the keys and their "
        "ranges, and change the texts only",
        "新方案删去或改动了 {keys}，而已有题目依赖它们；请保留 key 及其范围，只改文字",
    ),
}
