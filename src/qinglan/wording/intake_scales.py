"""What files of tasks that measure, score, order or mark are told."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.intake.bad_criteria": Phrase(
        "field {field}: names no criteria; give the project a scheme, or map criteria=… to words "
        "such as accuracy:1-5",
        "字段 {field}：没有可用的评分准则；请为项目设置标注方案，或用 criteria=… 指定，"
        "如 accuracy:1-5",
    ),
    "error.intake.bad_labels": Phrase(
        "field {field}: names no labels; give the project a scheme, or map labels=… to words",
        "字段 {field}：没有可用的标签；请为项目设置标注方案，或用 labels=… 指定",
    ),
    "error.intake.long_text": Phrase(
        "field {field}: has more than {limit} characters; cut the text into passages to be marked",
        "字段 {field}：超过 {limit} 个字符；请将待标记的文本切成较短的段落",
    ),
    "error.intake.bad_measure": Phrase(
        "field {field}: low, high and within must be numbers, low below high, within not below 0",
        "字段 {field}：low、high、within 须为数字，low 小于 high，within 不小于 0",
    ),
    "error.intake.bad_items": Phrase(
        "field {field}: a ranking needs 2 to 26 different items, none of them empty",
        "字段 {field}：排序题需要 2 至 26 个互不相同且不为空的条目",
    ),
    "error.flow.no_scheme_kind": Phrase(
        "project {project} is of kind {kind}, which has no labels or criteria to name",
        "项目 {project} 为 {kind} 类，没有可命名的标签或准则",
    ),
}
