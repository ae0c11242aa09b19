"""What is recorded, lessons, one's own standing, flags and appeals; and the lead's page of them."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.own": Phrase("My standing", "我的表现"),
    "web.lessons": Phrase("Lessons", "练习与测试"),
    "web.before": Phrase("What is recorded about your work", "关于你的工作，我们记录什么"),
    "web.before.why": Phrase(
        "Before you start in {project}, you should know what is recorded here, what it is used "
        "for, and what you can do about it.",
        "在 {project} 开始标注之前，请先了解这里会记录什么、作何用途，以及你的权利。",
    ),
    "web.before.recorded": Phrase("Recorded", "记录的内容"),
    "web.before.answers": Phrase(
        "Your answers, drafts, and every revision of them.", "你的作答、草稿，以及每次修改。"
    ),
    "web.before.times": Phrase(
        "When you were given a task and when you answered it.", "领取每道题和提交作答的时间。"
    ),
    "web.before.working": Phrase(
        "How long you work on each task. The clock stands still while you look at another window, "
        "or touch nothing for a minute. You see the sum under “My standing”.",
        "每道题的实际作答时间。切换到其他窗口，或一分钟没有操作时，计时暂停。总计可在“我的表现”中查看。",
    ),
    "web.timer": Phrase("Time on this task", "本题用时"),
    "web.timer.away": Phrase("paused", "已暂停"),
    "web.own.time": Phrase("Time at work", "工作时间"),
    "web.own.time_all": Phrase("{time} on {tasks} tasks", "{time}，{tasks} 道题"),
    "web.own.time_week": Phrase("of it in the last seven days: {time}", "其中最近七天：{time}"),
    "web.own.time_more": Phrase(
        "The clock stands still while you are away. It is never used to judge an answer.",
        "离开时计时暂停。它绝不用于评判作答。",
    ),
    "web.own.hours": Phrase("{hours} h {minutes} min", "{hours} 小时 {minutes} 分"),
    "web.before.known": Phrase(
        "How your answers compare with tasks whose answer is known. Some of those are mixed in, "
        "and look like any other.",
        "你在已知答案的题目上的表现。此类题目混在普通题目之中，外观并无区别。",
    ),
    "web.before.writing": Phrase(
        "How many characters were typed and pasted into an answer, and how often the page was "
        "left meanwhile. Not which keys, and nothing from other pages.",
        "每次作答中键入和粘贴的字符数，以及其间离开页面的次数。不记录按键内容，也不涉及其他页面。",
    ),
    "web.before.use": Phrase("What it is used for", "用途与权利"),
    "web.before.figures": Phrase(
        "You can see your own figures, with how sure they are, under “My standing”.",
        "你可以在“我的表现”中查看自己的数据及其可信范围。",
    ),
    "web.before.flags": Phrase(
        "What looks odd becomes a flag that you can read and appeal. A person decides, and says "
        "why.",
        "异常之处会成为一条标记，你可以查看并申诉；由人作出裁决并说明理由。",
    ),
    "web.before.pause": Phrase(
        "You are paused by itself only where answers to known tasks leave no reasonable doubt. "
        "You are told why, and can appeal.",
        "只有当已知答案题目上的表现已无合理疑问时，才会自动暂停领题；你会被告知原因，并可申诉。",
    ),
    "web.before.never": Phrase(
        "No answer is thrown away and no pay withheld because of a flag alone.",
        "绝不会仅因一条标记就作废作答或扣发报酬。",
    ),
    "web.before.seen_by": Phrase(
        "The project’s lead, reviewers and auditors can see it; other annotators cannot.",
        "项目的负责人、审核者和审计者可以查看；其他标注者看不到。",
    ),
    "web.before.begin": Phrase("I have read this; begin", "我已阅读，开始"),
    "web.nothing_known": Phrase("nothing known yet", "暂无数据"),
    "web.between": Phrase("{low} to {high} %", "{low}% 至 {high}%"),
    "web.own.paused": Phrase("You are paused.", "你已被暂停领题。"),
    "web.own.paused_more": Phrase(
        "You get no new tasks here for now. The reason stands below, and you can appeal.",
        "目前不会分配新题。原因见下方，你可以申诉。",
    ),
    "web.own.not_admitted": Phrase(
        "You are not admitted to real work yet.", "你尚未获准开始正式标注。"
    ),
    "web.not_admitted": Phrase("in the lessons", "练习与测试中"),
    "web.own.quality": Phrase("How your answers hold up", "作答质量"),
    "web.own.quality_more": Phrase(
        "Share of right answers on {tasks} settled tasks whose answer is known, with the range in "
        "which the true share lies with 95 % confidence. It changes with every twenty answers, "
        "so that nobody can tell which task was one of these.",
        "在 {tasks} 道已定稿且答案已知的题目上的正确率，及其 95% 可信范围。"
        "每二十次作答更新一次，以免推知哪道题属于此类。",
    ),
    "web.own.undecided": Phrase(
        "{tasks} more could not be read either way and do not count.",
        "另有 {tasks} 道无法判读，不计入。",
    ),
    "web.own.least": Phrase("The project asks for {share} %.", "项目要求不低于 {share}%。"),
    "web.own.nothing": Phrase(
        "Nothing yet: figures begin after about {answers} answers.",
        "暂无数据：约 {answers} 次作答后开始显示。",
    ),
    "web.own.flags": Phrase("Flags and appeals", "标记与申诉"),
    "web.own.no_flags": Phrase("Nothing was flagged.", "没有任何标记。"),
    "web.stage_is": Phrase("You are here:", "当前阶段："),
    "web.stage.calibration": Phrase("calibration", "校准期"),
    "web.stage.probation": Phrase("probation", "观察期"),
    "web.stage.trusted": Phrase("trusted", "已获信任"),
    "web.stage_more.calibration": Phrase(
        "The first tasks show how you and the guideline get on.",
        "最初的题目用于了解你与指南的契合程度。",
    ),
    "web.stage_more.probation": Phrase(
        "It is not certain yet that you are above what the project asks for. Work on as usual.",
        "尚不能确定你已达到项目要求。请照常标注。",
    ),
    "web.stage_more.trusted": Phrase(
        "You are above what the project asks for.", "你已达到项目要求。"
    ),
    "web.drifted": Phrase("fallen since the start", "较初期下降"),
    "web.week": Phrase("Week from", "周（起始日）"),
    "web.known_tasks": Phrase("Known tasks", "已知答案题数"),
    "web.right_share": Phrase("Right", "正确率"),
    "web.appeal": Phrase("Appeal", "申诉"),
    "web.appeal_words": Phrase("What the lead should know", "请说明理由"),
    "web.appeal_send": Phrase("Send the appeal", "提交申诉"),
    "web.lessons_over": Phrase("The lessons are done", "练习与测试已完成"),
    "web.lesson_of": Phrase("{number} of {of}", "第 {number} 题，共 {of} 题"),
    "web.part.practice": Phrase("Practice", "练习"),
    "web.part.qualification": Phrase("Qualification", "资格测试"),
    "web.part_more.practice": Phrase(
        "Each answer is explained at once. Nothing here counts.", "每次作答后立即讲解，不计入成绩。"
    ),
    "web.part_more.qualification": Phrase(
        "These answers decide whether you can start real work. The first answer to each stands.",
        "这些作答将决定你能否开始正式标注。每题以首次作答为准。",
    ),
    "web.exam.admitted": Phrase("You can start real work.", "你可以开始正式标注了。"),
    "web.exam.failed": Phrase(
        "The qualification was not passed. You can appeal on your own page.",
        "未通过资格测试。你可以在“我的表现”页申诉。",
    ),
    "web.exam.undecided": Phrase(
        "Your answers decide it neither way; the lead does. You will see it on your own page.",
        "你的作答尚不足以判定，将由负责人决定。结果会显示在“我的表现”页。",
    ),
    "web.exam.passed": Phrase("The qualification is passed.", "已通过资格测试。"),
    "web.feedback.right": Phrase("Right", "正确"),
    "web.feedback.wrong": Phrase("Not right", "不正确"),
    "web.feedback.undecided": Phrase("This answer could not be compared", "无法与标准答案比对"),
    "web.feedback.key": Phrase("The answer:", "标准答案："),
    "web.feedback.why": Phrase("Why", "讲解"),
    "web.first_wrong": Phrase("step {step} is the first wrong one", "第 {step} 步是首个错误步骤"),
    "web.none_wrong": Phrase("no step is wrong", "没有错误步骤"),
    "web.conduct": Phrase("People and flags", "人员与标记"),
    "web.conduct.people": Phrase("How people fare", "人员表现"),
    "web.conduct.rate_hint": Phrase(
        "Share of right answers on gold with its 95 % interval; the red line is the least that "
        "is asked. Gold comes at the rate shown, seldomer the surer somebody is above the aim.",
        "金标题正确率及 95% 区间；红线为最低要求。"
        "右列为当前每千题中的金标题数：越能确定其高于目标，越少出现。",
    ),
    "web.conduct.flags": Phrase("Flags", "标记"),
    "web.conduct.look": Phrase("Look for signs now", "立即检查异常"),
    "web.conduct.no_flags": Phrase("Nothing was flagged.", "没有任何标记。"),
    "web.conduct.decide": Phrase("Decide", "裁决"),
    "web.conduct.words": Phrase("Your reason; the person reads it", "裁决理由（本人可见）"),
    "web.conduct.uphold": Phrase("Uphold", "维持"),
    "web.conduct.again": Phrase("Allow another try", "允许重考"),
    "web.conduct.lift": Phrase("Lift", "撤销"),
    "web.pause_why": Phrase("Reason; the person reads it", "原因（本人可见）"),
    "web.marks": Phrase("What is asked on known tasks", "对已知答案题目的要求"),
    "web.marks_hint_lead": Phrase(
        "Off until you start it. Who is surely below the least is paused, told why, and can "
        "appeal. A qualification is decided by bounds, so few tasks leave it undecided.",
        "启用前不评判任何人。确定低于最低要求者会被暂停、告知原因并可申诉。"
        "资格测试按置信界判定，题数过少时将无法判定。",
    ),
    "web.marks.least": Phrase("Least, % right", "最低正确率（%）"),
    "web.marks.aim": Phrase("Aim, % right", "目标正确率（%）"),
    "web.marks.passing": Phrase("Pass mark, % right", "资格线（%）"),
    "web.marks.calibration": Phrase("Gold tasks first", "校准期金标题数"),
    "web.marks.floor": Phrase("Gold in 1,000 for the trusted", "获信任者每千题金标题数"),
    "web.marks.keep": Phrase("Keep", "保存"),
    "web.marks.start": Phrase("Start", "启用"),
    "web.marks.stop": Phrase("Judge nobody", "停用"),
    "web.known": Phrase("Gold and lessons", "金标题与练习"),
    "web.known_hint": Phrase(
        "Taken at random from tasks with a key that nobody was given yet. Gold is mixed in and "
        "cannot be told apart; lessons come before real work.",
        "从尚未分发且有标准答案的题目中随机抽取。金标题混入普通题目且无法分辨；"
        "练习与测试在正式标注之前进行。",
    ),
    "web.known.use": Phrase("Use as", "用途"),
    "web.known.gold": Phrase("gold", "金标题"),
    "web.known.practice": Phrase("practice", "练习"),
    "web.known.qualification": Phrase("qualification", "资格测试"),
    "web.known.count": Phrase("How many", "题数"),
    "web.known.draw": Phrase("Take them", "抽取"),
    "web.known.explain": Phrase("Why this is the answer", "讲解"),
    "error.conduct.bad_marks": Phrase(
        "these numbers cannot be used: {why}; correct them", "这些数值无法使用：{why}；请更正"
    ),
    "error.conduct.bad_count": Phrase(
        "a count must lie between 0 and {most}; load the page again",
        "计数须在 0 到 {most} 之间；请重新加载页面",
    ),
    "flag.state.open": Phrase("to be looked at", "待查看"),
    "flag.state.waits": Phrase("an appeal waits", "申诉待裁决"),
    "flag.state.uphold": Phrase("upheld", "已维持"),
    "flag.state.lift": Phrase("lifted", "已撤销"),
    "flag.state.again": Phrase("another try allowed", "已允许重考"),
    "flag.act.again": Phrase("Another try", "重考"),
    "flag.act.appeal": Phrase("Appeal", "申诉"),
    "flag.act.uphold": Phrase("Decision", "裁决"),
    "flag.act.lift": Phrase("Lifted", "撤销"),
    "flag.kind.paused": Phrase("Paused by the lead", "由负责人暂停"),
    "flag.seen.paused": Phrase(
        "A lead paused this work, for the reason below.", "负责人暂停了领题，原因如下。"
    ),
    "flag.often.paused": Phrase("A person decided this, not a rule.", "由人决定，而非规则触发。"),
    "flag.kind.too_poor": Phrase("Paused: known tasks", "暂停：已知答案题目"),
    "flag.seen.too_poor": Phrase(
        "{right} of {tasks} known tasks were right. The project asks for {mark:.0%}, and so few "
        "can no longer be bad luck.",
        "在 {tasks} 道已知答案的题目中答对 {right} 道。项目要求 {mark:.0%}，此差距已不能归于偶然。",
    ),
    "flag.often.too_poor": Phrase(
        "Of people exactly as good as asked, at most {ever:.0%} would ever be paused by this "
        "rule, however long they work; a proven bound.",
        "对于恰好达到要求者，无论工作多久，被此规则误停的概率不超过 {ever:.0%}（有证明的上界）。",
    ),
    "flag.kind.unqualified": Phrase("Qualification", "资格测试"),
    "flag.seen.unqualified": Phrase(
        "{right} of {tasks} tasks of the qualification were right; the pass mark is {mark:.0%}, "
        "decided by bounds.",
        "资格测试 {tasks} 题中答对 {right} 题；资格线为 {mark:.0%}，按置信界判定。",
    ),
    "flag.often.unqualified": Phrase(
        "Of people exactly at the mark, at most {once:.0%} fail; who is near it may stay "
        "undecided, and a lead decides.",
        "恰在资格线上者，误判为不通过的概率不超过 {once:.0%}；接近者可能无法判定，由负责人决定。",
    ),
    "flag.kind.drift": Phrase("Fallen since the start", "较初期下降"),
    "flag.seen.drift": Phrase(
        "Since the first {tasks_first} known tasks, {right} of {late} were right, fewer than "
        "those let expect.",
        "在最初 {tasks_first} 道已知答案的题目之后，{late} 道中答对 {right} 道，低于此前水平。",
    ),
    "flag.often.drift": Phrase(
        "Of people who stay as good as they were, this comes no more often than once in "
        "{between} known tasks on average; a proven bound, given that their beginning was read "
        "right, which holds with 95 % confidence.",
        "对于水平不变者，平均每 {between} 道已知答案题目至多误报一次"
        "（有证明的上界；前提是初期水平估计正确，其置信度为 95%）。",
    ),
    "flag.often.simulated": Phrase(
        "Of {people} simulated annotators who did nothing wrong, {named} got this flag "
        "({rate:.2%}, at most {high:.2%}). These are simulated, not people: it is evidence to "
        "look at, never proof.",
        "在 {people} 名未作任何不当行为的模拟标注者中，有 {named} 名被此规则标记"
        "（{rate:.2%}，上限 {high:.2%}）。该数字来自模拟而非真人：仅供查看，绝非定论。",
    ),
    "flag.kind.copies": Phrase("Same unlikely answers", "相同的罕见答案"),
    "flag.seen.copies": Phrase(
        "On {tasks} tasks in common, the same unlikely answer as somebody else’s {shown:.1f} "
        "times, where others meet {expected:.1f} times.",
        "与另一人的 {tasks} 道共同题目中，有 {shown:.1f} 次给出相同的罕见答案，"
        "通常为 {expected:.1f} 次。",
    ),
    "flag.kind.no_information": Phrase("Answers tell nothing", "作答不含信息"),
    "flag.seen.no_information": Phrase(
        "On {tasks} tasks, answers agree with the consensus in {shown:.0%}; habit alone would in "
        "{expected:.0%}.",
        "在 {tasks} 道题上，与共识一致的比例为 {shown:.0%}；仅凭习惯作答可达 {expected:.0%}。",
    ),
    "flag.kind.hurried": Phrase("Very fast", "速度异常"),
    "flag.seen.hurried": Phrase(
        "{shown:.1f} s on a typical task, where others take {expected:.1f} s ({tasks} tasks).",
        "典型用时 {shown:.1f} 秒，其他人为 {expected:.1f} 秒（{tasks} 道题）。",
    ),
    "flag.kind.stamps": Phrase("One answer over and over", "反复给出同一答案"),
    "flag.seen.stamps": Phrase(
        "One answer in {shown:.0%} of {tasks} tasks, where others give it in {expected:.0%}.",
        "{tasks} 道题中有 {shown:.0%} 给出同一答案；其他人在同样题目上为 {expected:.0%}。",
    ),
    "flag.kind.near_texts": Phrase("Nearly the same text", "文字近乎相同"),
    "flag.seen.near_texts": Phrase(
        "On {tasks} tasks in common, nearly the same text as another annotator’s or a model’s "
        "{shown:.0f} times, where {expected:.1f} would be usual.",
        "与另一标注者或模型的 {tasks} 道共同题目中，有 {shown:.0f} 次文字近乎相同；"
        "通常为 {expected:.1f} 次。",
    ),
    "flag.kind.pasted": Phrase("Mostly pasted", "多为粘贴"),
    "flag.seen.pasted": Phrase(
        "{shown:.0%} of {tasks} longer texts were pasted almost whole; others’ {expected:.0%}. "
        "There are many reasons to paste.",
        "{tasks} 段较长文字中有 {shown:.0%} 几乎整段粘贴；其他人为 {expected:.0%}。"
        "粘贴可能有多种正当原因。",
    ),
}
