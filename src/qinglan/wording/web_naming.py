"""Naming labels, criteria and a measure in the browser."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.names": Phrase("Names people read", "显示名称"),
    "web.names.version": Phrase("version {version}", "第 {version} 版"),
    "web.names.hint": Phrase(
        "Tasks and answers hold keys; people read these names. Rename them as you like: answers "
        "given so far come along. A key, once used, stays.",
        "题目和作答只保存键名，人们看到的是这里的名称。可随时改名，已有作答随之更新；"
        "键名一经使用便不再变更。",
    ),
    "web.names.key": Phrase("Key", "键名"),
    "web.names.new": Phrase("One more ({n})", "新增（{n}）"),
    "web.names.en": Phrase("English", "英文名称"),
    "web.names.zh": Phrase("Chinese", "中文名称"),
    "web.names.low": Phrase("Lowest", "最低"),
    "web.names.high": Phrase("Highest", "最高"),
    "web.names.unit": Phrase("Unit", "单位"),
    "web.names.within": Phrase("Counts as the same within", "视为相同的误差"),
    "web.names.meaning": Phrase("What it means", "含义说明"),
    "web.names.about.en": Phrase("Meaning, English", "说明（英文）"),
    "web.names.about.zh": Phrase("Meaning, Chinese", "说明（中文）"),
    "web.names.level.en": Phrase("{level} means, English", "{level} 分的含义（英文）"),
    "web.names.level.zh": Phrase("{level} means, Chinese", "{level} 分的含义（中文）"),
    "web.names.keep": Phrase("Use these names from now on", "保存名称"),
}
