"""Written texts that others compare."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.flow.contest_no_criteria": Phrase(
        "project {project} has no criteria to score by; name some on its guideline's page, or "
        "choose a project of plain preferences",
        "项目 {project} 没有评分准则；请在其标注指南页设置，或改用成对偏好项目",
    ),
    "flow.contest_guideline": Phrase(
        "Which of the two texts answers the request better? Judge what is right before what is "
        "well said; length alone is no merit.",
        "两份文本哪一份更好地回应了要求？先看对错，再看表达；篇幅长短本身不是优点。",
    ),
    "cli.contest": Phrase(
        "Let others compare the written texts of a project, two at a time; judge follows them.",
        "让其他人两两比较某项目中写出的文本；裁定时以比较结果为据。",
    ),
    "cli.contest.into": Phrase(
        "Project of kind preference or comparison in which they are compared; made where it is "
        "new.",
        "进行比较的 preference 或 comparison 类项目；不存在则新建。",
    ),
    "cli.contest.done": Phrase(
        "{new} pairs became tasks of {into}; {there} were there. Of the tasks of {project}, "
        "{alone} have no two different texts, {open} are still given out, {settled} are settled.",
        "{new} 对文本已成为 {into} 的题目；{there} 对此前已有。{project} 的题目中，"
        "{alone} 道没有两份不同的文本，{open} 道仍在派发，{settled} 道已有结论。",
    ),
    "web.contest": Phrase("Have others compare the texts", "请他人比较这些文本"),
    "web.contest.into": Phrase("In project", "比较所在的项目"),
    "web.contest.do": Phrase("Set them against each other", "开始比较"),
    "web.contest.hint": Phrase(
        "Texts that answer the same task are shown two at a time, without names, to people with a "
        "seat in that project; never to whoever wrote one of them, or has seen them here. A "
        "project of that name is made where there is none, for three people a pair: give them "
        "seats there. Then judge here: the text that stands first is the verdict.",
        "同一道题的文本会两两匿名展示给该项目中有席位的人；作者本人以及在此看过这些文本的人不会参与。"
        "若没有此名称的项目则新建，每对由三人比较：请在那里开通席位。之后在本项目裁定，排在首位的文本即为结论。",
    ),
    "web.contest.done": Phrase(
        "{new} pairs to compare were made, {there} were there already; they wait in",
        "已生成 {new} 对待比较的文本，此前已有 {there} 对；所在项目：",
    ),
    "web.contest.left": Phrase(
        "Left as they are: {alone} tasks without two different texts, {open} still given out, "
        "{settled} settled.",
        "未处理：{alone} 道题没有两份不同的文本，{open} 道仍在派发，{settled} 道已有结论。",
    ),
    "web.contest.share": Phrase(
        "preferred in {share} % of its comparisons ({votes} votes on this task)",
        "在与其他文本的比较中，{share}% 更受认可（本题共 {votes} 票）",
    ),
    "web.fact.texts_of": Phrase("Texts from", "文本来自"),
    "web.verb.contest": Phrase("Had texts compared", "请他人比较文本"),
}
