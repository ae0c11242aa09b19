"""Composing a project: the form, its preview, the guideline's versions, the settings as a file."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tab.project": Phrase("Overview", "概览"),
    "web.tab.guideline": Phrase("Guideline", "标注指南"),
    "web.tab.review": Phrase("Review", "复核"),
    "web.tab.answers": Phrase("Answers", "作答"),
    "web.tab.conduct": Phrase("People and flags", "人员与标记"),
    "web.tab.pay": Phrase("Pay", "酬金"),
    "web.new_project": Phrase("New project", "新建项目"),
    "web.project_name": Phrase("Name", "项目名"),
    "web.project_name_hint": Phrase(
        "Small letters, digits, dot, dash and underscore; it stays for good.",
        "小写字母、数字、点、连字符和下划线；建好后不能更改。",
    ),
    "web.kind_of_work": Phrase("Kind of work", "任务类型"),
    "web.guideline_en": Phrase("In English", "英文"),
    "web.guideline_zh": Phrase("In Chinese", "中文"),
    "web.guideline_other": Phrase(
        "The guideline is written in the other language only; whoever works in this one sees none.",
        "标注指南只写了另一种语言；使用当前语言的标注者将看不到指南。",
    ),
    "web.most": Phrase("At most, until they agree", "不一致时最多作答数"),
    "web.most_hint": Phrase(
        "Left empty, every task gets the same number of answers. With a number, a task is given "
        "out again until that many of its answers agree, and no further than this.",
        "留空则每题作答数固定。填写后，一题会继续派发，直到有足够多的作答一致，但总数不超过此值。",
    ),
    "web.asked": Phrase(
        "Tiers, skills for a tier, rights, marks and pay",
        "级别、限定级别的技能、权利声明、质量要求与酬金",
    ),
    "web.asked_text": Phrase("As in a settings file (TOML)", "与设置文件相同的写法（TOML）"),
    "web.asked_hint": Phrase(
        "All of it can be set later on the project's pages. Leave out what you do not need.",
        "以上均可稍后在项目各页面设置；不需要的留空即可。",
    ),
    "web.reserved": Phrase("Of these, kept for a tier", "其中须由指定级别作答数"),
    "web.reserved_for": Phrase("Tier, or above", "级别（及以上）"),
    "web.reserved_nobody": Phrase("nobody in particular", "不限"),
    "web.reserved_hint": Phrase(
        "So many answers of each task are by people of that tier or above, whoever comes first; "
        "the others never fill their places. Holds for tasks queued from now on; for whom it is "
        "kept holds for all.",
        "每题至少有这么多份作答来自该级别及以上人员，不论谁先领取，其余人员都不会占用这些名额。数量自此后"
        "入队的题目起生效；级别对所有题目生效。",
    ),
    "web.by_gain": Phrase("Route by expected gain", "按预期收益派题"),
    "web.by_gain_hint": Phrase(
        "After each judging, tasks most in doubt go first. Where answers disagree and one more is "
        "asked for, it is kept for the tier above, or else for those whose answers are expected to "
        "tell most. Everybody still gets all other tasks.",
        "每次裁定后，最不确定的题目优先派发。作答不一致而需追加一份时，该份由上述级别作答；未指定级别的，由预期"
        "信息量较高的人员作答。其他题目照常派给所有人。",
    ),
    "web.waiting.for": Phrase(
        "{tasks} tasks wait for an answer by tier {tier} or above.",
        "有 {tasks} 道题正在等待级别 {tier} 及以上人员作答。",
    ),
    "web.waiting.keen": Phrase(
        "{tasks} tasks wait for a deciding answer by those whose answers tell most.",
        "有 {tasks} 道题正在等待预期信息量较高的人员作出决定性的作答。",
    ),
    "web.waiting.more": Phrase("There may be more.", "实际可能更多。"),
    "web.waiting.people": Phrase(
        "People here who can give it: {people}.", "可作答的在席人员：{people} 名。"
    ),
    "web.waiting.nobody": Phrase(
        "Nobody who is seated and active can: seat somebody, give somebody that tier, or change "
        "the rule.",
        "目前没有在席人员符合要求：请安排席位、调整级别，或修改规则。",
    ),
    "web.waiting.nobody_keen": Phrase(
        "Nobody who is seated and active can: judge again, or change the rule.",
        "目前没有在席人员符合要求：请重新裁定，或修改规则。",
    ),
    "web.stop_after": Phrase("Bad-problem reports that stop a task", "停派所需的问题报告数"),
    "web.trial": Phrase("Try it on a task of your own", "换一道自己的题目预览"),
    "web.trial_prompt": Phrase("Task", "题目"),
    "web.trial_options": Phrase(
        "Options, responses or steps, one a line; a bar | between candidates for one step",
        "选项、回答或步骤，每行一个；同一步骤的多个候选之间用竖线 | 分隔",
    ),
    "web.make_project": Phrase("Make the project", "建立项目"),
    "web.preview": Phrase("Preview", "预览"),
    "web.preview_name": Phrase("What an annotator sees", "标注者看到的页面"),
    "web.from_file": Phrase("From a settings file", "从设置文件读取"),
    "web.settings_file": Phrase("Settings as a file (TOML)", "设置文件（TOML）"),
    "web.settings_hint": Phrase(
        "Keep it beside your data, in a repository: it says who changed what, when.",
        "可与数据一同存入版本库：谁在何时改了什么，一目了然。",
    ),
    "web.read_file": Phrase("Read it into the form", "读入表单"),
    "web.settings_download": Phrase("Download", "下载"),
    "web.settings_apply": Phrase("Apply a file", "应用文件"),
    "web.next_version": Phrase("Version {version}", "第 {version} 版"),
    "web.what_changed": Phrase("What changed, and why", "改了什么，为什么"),
    "web.touches": Phrase("Which answers given so far it touches", "影响哪些已有作答"),
    "web.touches.none": Phrase(
        "none: it only says the same more clearly", "都不影响：只是说得更清楚"
    ),
    "web.touches.all": Phrase("all of them", "全部"),
    "web.touches.skills": Phrase("those to tasks of these skills", "属于以下技能的题目的作答"),
    "web.touches_which": Phrase("Skills, with commas between", "技能，用英文逗号分隔"),
    "web.keep_version": Phrase("Ask by this version from now on", "从现在起使用这一版"),
    "web.versions": Phrase("Versions", "历次版本"),
    "web.first_version": Phrase("The first version", "最初版本"),
    "web.read_version": Phrase("Read it", "查看"),
    "web.touched_all": Phrase(
        "It touched all {n} answers given before.", "影响此前的全部 {n} 条作答。"
    ),
    "web.touched_skills": Phrase(
        "It touched {n} answers given before, to tasks of: {skills}.",
        "影响此前属于以下技能的 {n} 条作答：{skills}。",
    ),
    "web.touched_none": Phrase("It touched no answer given before.", "不影响此前的作答。"),
    "web.touched_list": Phrase("List (CSV)", "清单（CSV）"),
    "web.trial.marks": Phrase(
        "A train covers 180 km in 2.5 h. What is its mean speed, in m/s?\n"
        "The speed is $180 / 2.5 = 72$ km/h.\n"
        "One km/h is $1000 / 3600$ m/s.\n"
        "So it is $72 \\cdot 3.6 = 259.2$ m/s.",
        "一列火车用 2.5 小时行驶 180 千米，平均速度是多少米/秒？\n"
        "速度为 $180 / 2.5 = 72$ 千米/时。\n"
        "1 千米/时等于 $1000 / 3600$ 米/秒。\n"
        "因此是 $72 \\cdot 3.6 = 259.2$ 米/秒。",
    ),
    "web.trial.alternatives": Phrase(
        "Solve $3x - 7 = 11$.\n"
        "Add 7 to both sides: $3x = 18$. | Subtract 7 from both sides: $3x = 4$.\n"
        "So $x = 6$. | Divide by 3: $x = 18/3 = 6$.",
        "解方程 $3x - 7 = 11$。\n"
        "两边加 7：$3x = 18$。 | 两边减 7：$3x = 4$。\n"
        "所以 $x = 6$。 | 两边除以 3：$x = 18/3 = 6$。",
    ),
    "web.trial.preference": Phrase(
        "Why is the sky blue?\n"
        "Air scatters short waves more than long ones, so blue light reaches us from everywhere.\n"
        "Because it mirrors the sea.",
        "天空为什么是蓝色的？\n"
        "空气对短波光的散射强于长波光，所以四面八方传来的多是蓝光。\n"
        "因为天空映出了大海的颜色。",
    ),
    "web.trial.choice": Phrase(
        "Which of these is a prime number?\n21\n37\n51", "下列哪个是质数？\n21\n37\n51"
    ),
    "web.trial.free": Phrase(
        "How many edges has a cube? Give the reason, then the number.",
        "正方体有多少条棱？请说明理由并给出答案。",
    ),
    "web.trial.chat": Phrase(
        "My milk turned sour overnight. Can I still bake with it?",
        "牛奶放了一夜变酸了，还能用来烘焙吗？",
    ),
    "web.trial.edit": Phrase(
        "How many seconds are there in 2.5 hours?\n"
        "An hour has 360 seconds, so 2.5 hours have 900 seconds.",
        "2.5 小时有多少秒？\n一小时有 360 秒，所以 2.5 小时有 900 秒。",
    ),
    "web.trial.item": Phrase(
        "Write a question on the motion of planets that needs two steps.",
        "请编写一道关于行星运动、需要两步推理的题目。",
    ),
    "web.trial.steps": Phrase(
        "Solve $x^2 - 5x + 6 = 0$, step by step.", "分步求解 $x^2 - 5x + 6 = 0$。"
    ),
    "error.flow.project_there": Phrase(
        "a project named {name} is there already; choose another name",
        "已有名为 {name} 的项目；请换一个名字",
    ),
    "error.flow.bad_guideline": Phrase(
        "the guideline ({field}) cannot be kept: at most {most} characters, and no NUL",
        "标注指南（{field}）无法保存：最多 {most} 个字符，且不能含 NUL 字符",
    ),
    "error.flow.guideline_why": Phrase(
        "say what changed in the guideline, and why, in at most {most} characters",
        "请说明标注指南改了什么、为什么改，最多 {most} 个字符",
    ),
    "error.flow.same_guideline": Phrase(
        "the guideline of {project} says this already; change it first",
        "{project} 的标注指南本来就是这样；请先修改",
    ),
    "error.flow.no_version": Phrase(
        "the guideline of {project} has no version {version} that touches earlier answers; "
        "choose one from its list",
        "{project} 的标注指南没有影响此前作答的第 {version} 版；请从列表中选择",
    ),
    "error.flow.plan_unreadable": Phrase(
        "the settings are no TOML: {why}; download a project's settings to see their form",
        "设置不是有效的 TOML：{why}；可先下载一个项目的设置作参照",
    ),
    "error.flow.plan_field": Phrase(
        "the settings have a field {field} that means nothing here; known are {known}",
        "设置中的字段 {field} 无法识别；可用的有 {known}",
    ),
    "error.flow.plan_bad": Phrase(
        "the setting {field} cannot be used: {why}", "设置 {field} 不可用：{why}"
    ),
}
