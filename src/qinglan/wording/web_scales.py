"""The desks where people measure, score, order, compare and mark."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.kind.number": Phrase("Numbers", "数值"),
    "web.kind.rubric": Phrase("Rubric scores", "按准则评分"),
    "web.kind.ranking": Phrase("Ranking", "排序"),
    "web.kind.comparison": Phrase("Preference with scores", "偏好与评分"),
    "web.kind.spans": Phrase("Span marks", "文本标记"),
    "web.problem.number": Phrase("Question", "题目"),
    "web.problem.rubric": Phrase("Request", "提问"),
    "web.problem.ranking": Phrase("Request", "提问"),
    "web.problem.comparison": Phrase("Request", "提问"),
    "web.problem.spans": Phrase("Task", "任务"),
    "web.ask.number": Phrase("Your number", "你的数值"),
    "web.ask.rubric": Phrase("Score each criterion", "逐项评分"),
    "web.ask.ranking": Phrase("Put them in order, the best first", "从最好的开始排序"),
    "web.ask.comparison": Phrase(
        "Score both responses, then say which is better", "分别给两个回答评分，再选出更好的一个"
    ),
    "web.ask.spans": Phrase("Mark the text", "标记文本"),
    "web.value": Phrase("Number", "数值"),
    "web.value_hint": Phrase(
        "Write it as you like: 1,200 or 1.2e3; a unit that converts is read too.",
        "写法不限：1,200、1.2e3、三百二十均可；能换算的单位也能识别。",
    ),
    "web.value_range": Phrase("Range:", "范围："),
    "web.work": Phrase("Response", "回答"),
    "web.scores_hint": Phrase(
        "Each level is its own key: a digit scores the criterion in focus and goes on to the next; "
        "↑ ↓ move between them.",
        "分数即按键：按数字键为当前准则打分，并自动跳到下一项；↑ ↓ 在各项之间移动。",
    ),
    "web.because_scores": Phrase("Why (if you like)", "理由（选填）"),
    "web.side_short.left": Phrase("A", "A"),
    "web.side_short.right": Phrase("B", "B"),
    "web.response.left": Phrase("First response", "第一个回答"),
    "web.response.right": Phrase("Second response", "第二个回答"),
    "web.item": Phrase("Item", "条目"),
    "web.place": Phrase("Place", "名次"),
    "web.no_place": Phrase("no place yet", "尚无名次"),
    "web.ranking_hint": Phrase(
        "Press an item's digit to give it the next place, the best first; Backspace takes the last "
        "one back. ↑ ↓ move between items, Enter picks, Alt ↑ ↓ shift an item.",
        "从最好的开始，依次按条目的数字键排名；Backspace 撤回上一个。"
        "↑ ↓ 在条目间移动，Enter 选定，Alt ↑ ↓ 调整名次。",
    ),
    "web.labels": Phrase("Labels", "标签"),
    "web.passage": Phrase("Text to be marked", "待标记的文本"),
    "web.spans_set": Phrase("Marks set so far", "已有标记"),
    "web.spans_drop": Phrase("Remove", "移除"),
    "web.spans_empty": Phrase("nothing marked yet", "尚无标记"),
    "web.spans_hint": Phrase(
        "← → move, Shift ← → select, ↑ ↓ go by line; a label's key marks the selection, Backspace "
        "removes the mark at the cursor. A mouse or two taps select as well.",
        "← → 移动，Shift ← → 选取，↑ ↓ 换行；按标签键标记所选文字，"
        "Backspace 移除光标处的标记。也可用鼠标拖选，或先后点按首尾两处。",
    ),
    "web.nothing": Phrase("There is nothing to mark", "没有可标记的内容"),
    "web.spans_text": Phrase("Marks as text", "以文本形式编辑标记"),
    "web.spans_text_hint": Phrase(
        'One a line: {label} 12-17 by characters from 0, or {label} "the words" for where they '
        "first stand.",
        '每行一处：{label} 12-17 为字符位置（从 0 起），或 {label} "原文" 表示其首次出现之处。',
    ),
    "error.web.needs_scores": Phrase(
        "a criterion has no score yet; give each of them one", "还有准则未评分；请逐项打分"
    ),
    "error.web.needs_places": Phrase(
        "the order is not whole; give each item a place of its own",
        "排序不完整；请给每个条目一个不重复的名次",
    ),
    "error.web.needs_spans": Phrase(
        "mark something, or say that there is nothing to mark; not both",
        "请标记文本，或勾选“没有可标记的内容”；两者只能选一",
    ),
    "web.scheme": Phrase("Criteria, labels or unit", "评分准则、标签或单位"),
    "web.scheme_text": Phrase("Scheme (TOML)", "标注方案（TOML）"),
    "web.scheme_hint": Phrase(
        "For scores: criteria with a key, low, high, en and zh. For span marks: labels with a key, "
        "en and zh. For numbers: a measure with unit, low, high and within. Names can be changed "
        "later; keys stay.",
        "评分类：criteria，各含 key、low、high、en、zh；标记类：labels，各含 key、en、zh；"
        "数值类：measure，含 unit、low、high、within。名称日后可改，key 不变。",
    ),
    "web.trial.number": Phrase(
        "About how much does a loaf of bread weigh?\nkg",
        "一条面包大约多重？\nkg",
    ),
    "web.trial.rubric": Phrase(
        "How do magnets work?\nThey pull on iron because their tiny currents line up."
        "\naccuracy:1-5\nclarity:1-5",
        "磁铁为什么能吸铁？\n因为其中微小的电流排列一致，所以能吸引铁。\n准确:1-5\n清楚:1-5",
    ),
    "web.trial.ranking": Phrase(
        "Explain rain to a child.\nClouds are full of tiny drops.\nWater goes up and comes down."
        "\nPrecipitation is condensed vapour.",
        "给孩子讲讲下雨。\n云里有很多小水滴。\n水升上去，又落下来。\n降水是水汽凝结的产物。",
    ),
    "web.trial.comparison": Phrase(
        "Explain rain to a child.\nClouds are full of tiny drops that fall when they grow heavy."
        "\nPrecipitation is condensed vapour.\naccuracy:1-5\nclarity:1-5",
        "给孩子讲讲下雨。\n云里有很多小水滴，变重了就落下来。\n降水是水汽凝结的产物。"
        "\n准确:1-5\n清楚:1-5",
    ),
    "web.trial.spans": Phrase(
        "Mark every person and place.\nMarie Curie was born in Warsaw.\nperson\nplace",
        "标出所有人名和地名。\n居里夫人生于华沙。\n人名\n地名",
    ),
}
