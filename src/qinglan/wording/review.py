"""Reviewing: the queue, one task with all its answers, and the ruling."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.review.changed": Phrase(
        "another answer came in meanwhile; look at the task again before you decide",
        "期间有新的作答；请重新查看后再作决定",
    ),
    "error.review.no_such_answer": Phrase(
        "no answer that stands was chosen; pick one of those shown",
        "未选中有效的作答；请从所列作答中选择",
    ),
    "error.review.unreadable": Phrase(
        "no final answer can be read in that; choose another, or write the right one",
        "无法从中读出最终答案；请另选一个，或写出正确答案",
    ),
    "web.review": Phrase("Review", "复核"),
    "web.review_hint": Phrase(
        "Tasks where a look is most likely to change something come first. You see no names; tasks "
        "that you were given yourself are not here, and what you look at here you will not be "
        "given.",
        "最可能因复核而改变结论的题目排在前面。此处不显示姓名；曾分配给你作答的题目不在其中，"
        "你在此查看过的题目也不会再分配给你作答。",
    ),
    "web.review_empty": Phrase(
        "Nothing here is worth a look just now.", "目前没有值得复核的题目。"
    ),
    "web.review_onward": Phrase("The next stretch", "下一批"),
    "web.review_next": Phrase("To the queue", "返回复核队列"),
    "web.why.reported": Phrase("reported as a bad problem", "被报告为题目有误"),
    "web.why.key": Phrase("every answer contradicts the key", "所有作答都与标准答案不符"),
    "web.why.disagreement": Phrase("answers disagree", "作答不一致"),
    "web.why.doubt": Phrase("consensus in doubt", "共识存疑"),
    "web.why.unread": Phrase("only a person can judge it", "须由人来判断"),
    "web.why.audit": Phrase("drawn by lot", "随机抽查"),
    "web.review_line": Phrase("{answers} answers", "{answers} 份作答"),
    "web.side_no": Phrase("Answer {n}", "作答 {n}"),
    "web.verdict_now": Phrase("Present verdict", "当前裁定"),
    "web.verdict_none": Phrase("set aside", "已搁置"),
    "web.verdict_sure": Phrase("{share} % sure", "可信度 {share}%"),
    "web.verdict_between": Phrase("{low} to {high}", "{low} 至 {high}"),
    "web.ruled_text": Phrase("a text, marked below", "一份文本（见下方标注）"),
    "web.all_sides": Phrase("All answers", "全部作答"),
    "web.which_right": Phrase("Which one is right?", "哪一份正确？"),
    "web.concluded": Phrase("the present verdict rests on this one", "当前裁定以此为据"),
    "web.no_value": Phrase("no final answer can be read", "读不出最终答案"),
    "web.key": Phrase("Key", "标准答案"),
    "web.key_disputed": Phrase(
        "If the key is wrong, decide against it: a ruling outranks the key.",
        "若标准答案有误，请据实裁定：裁定优先于标准答案。",
    ),
    "web.gave_back": Phrase("Who gave it back said", "放弃作答者的说明"),
    "web.ruled_before": Phrase("Ruled before", "此前的裁定"),
    "web.why_so": Phrase("Why (if you like)", "理由（选填）"),
    "web.rule": Phrase("This one is right", "裁定为正确"),
    "web.accept": Phrase("Accept the present verdict", "认可当前裁定"),
    "web.write_right": Phrase("None is right: write the right answer", "都不正确：写出正确答案"),
    "web.rule_mine": Phrase("Rule for my answer", "以我的答案裁定"),
    "web.send_back_one": Phrase("Send one back", "退回其中一份"),
    "web.send_back_hint": Phrase(
        "Whoever wrote it finds it first in their queue, with your words.",
        "作答者会在队列最前面看到它以及你的说明。",
    ),
    "web.not_shown": Phrase(
        "{n} tasks are not shown: you were given them at the desk.",
        "有 {n} 道题未显示：它们曾分配给你作答。",
    ),
}
