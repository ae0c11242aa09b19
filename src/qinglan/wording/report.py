"""What a report page and its charts say."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "report.footer": Phrase(
        "Made by qinglan. This page loads nothing and runs no script.",
        "由青蓝生成。本页不加载任何外部内容，也不运行脚本。",
    ),
    "report.simulated.title": Phrase("Rests on simulated annotators", "含模拟标注员的作答"),
    "report.simulated.text": Phrase(
        "Part of the answers come from programs that stand in for people or models. The numbers"
        " show that the line works; they say nothing about real annotators.",
        "部分作答由程序模拟生成，用来代替真人或模型。这些数字只说明流程可用，不代表真实标注员的水平。",
    ),
    "report.simulated.who": Phrase("Simulated: {who}.", "模拟标注员：{who}。"),
    "report.simulated.badge": Phrase("simulated", "模拟"),
    # sections
    "report.line.title": Phrase("Along the line", "数据流向"),
    "report.line.lead": Phrase(
        "At each stage, what came in either went on or was set aside with a reason.",
        "每个环节的数据要么进入下一步，要么带着原因被搁置，不会无声丢失。",
    ),
    "report.balance.yes": Phrase("adds up", "收支相符"),
    "report.balance.no": Phrase("in ≠ out + set aside", "流入 ≠ 流出 + 搁置"),
    "report.balance.unexplained": Phrase(
        "reasons do not cover what was set aside", "原因明细与搁置数不符"
    ),
    "report.rejects.title": Phrase("Set aside, and why", "搁置明细"),
    "report.rejects.lead": Phrase(
        "Records that left the line, by stage and reason, with examples.",
        "按环节和原因列出被搁置的记录，并附示例。",
    ),
    "report.rejects.more": Phrase("and {n} more", "另有 {n} 条未列出"),
    "report.agreement.title": Phrase("Agreement", "标注一致性"),
    "report.agreement.lead": Phrase(
        "How far annotators agree beyond chance: 1 is full agreement, 0 is chance.",
        "标注员之间超出偶然的一致程度：1 为完全一致，0 为偶然水平。",
    ),
    "report.weeks.title": Phrase("Agreement week by week", "逐周一致性"),
    "report.weeks.lead": Phrase(
        "Among the answers that came in during one week, UTC, named by its Monday. Intervals that"
        " overlap show no change.",
        "按作答到达的那一周（UTC，以周一日期标示）分别计算。区间相互重叠时，不能说一致性有变化。",
    ),
    "report.tiers.title": Phrase("Tiers of people", "人员级别"),
    "report.tiers.lead": Phrase(
        "How often a label of each tier is right, learned from the answers: a tier says whom its"
        " people resemble, not that they are right. Where they differ among themselves, the"
        " interval is wider.",
        "由作答估计的各级别标注正确率：级别只表示同级人员彼此相近，不代表一定正确。同级人员差异越大，"
        "区间越宽。",
    ),
    "report.severities.title": Phrase("How strict raters are", "评分宽严"),
    "report.severities.lead": Phrase(
        "By rater and criterion, in standard deviations of the works: above 0 is strict, below is"
        " mild. The verdicts allow for it, so a strict rater costs a work nothing.",
        "按评分者与准则列出，单位为作品质量的标准差：大于 0 偏严，小于 0 偏宽。"
        "裁定已扣除宽严差异，遇到严格的评分者不会吃亏。",
    ),
    "report.biases.title": Phrase("Who measures too high or too low", "数值偏高偏低"),
    "report.biases.lead": Phrase(
        "By annotator, in deviations of a typical answer: above 0 is too high. Beside the name are"
        " bias and spread in the unit of the answers. The verdicts take the bias out.",
        "按标注员列出，单位为一次典型作答的标准差：大于 0 偏高。"
        "姓名旁是以作答单位表示的偏差与离散程度。裁定已扣除偏差。",
    ),
    "report.confusion.title": Phrase("What is taken for what", "混淆情况"),
    "report.confusion.lead": Phrase(
        "Rows are the classes as the consensus has them, columns what was answered; each row adds"
        " up to 100 %. Dark cells beside the framed ones are mistakes made often.",
        "行为共识所认定的类别，列为实际作答，每行合计 100%。"
        "框线格之外颜色深的格子，就是常见的误判。",
    ),
    "report.confusion.each": Phrase("Each annotator ({n})", "逐个标注员（{n} 名）"),
    "report.confusion.labels": Phrase("{n} labels", "{n} 条标注"),
    "report.confusion.left_out": Phrase(
        "{n} annotators with fewer labels are not shown.", "另有 {n} 名标注较少的标注员未列出。"
    ),
    "report.cost.title": Phrase("What labels buy", "标注投入与误差"),
    "report.cost.lead": Phrase(
        "Expected error (one minus the posterior of the concluded answer) after so many labels a"
        " task. Where the curve is flat, further labels are wasted; it is as honest as the"
        " posteriors are.",
        "平均每题标注数与期望误差（1 减去结论的后验概率）的关系。曲线走平之后，再加标注就不划算了。"
        "后验概率有多可信，曲线就有多可信。",
    ),
    "report.cost.how": Phrase(
        "Labels already collected, dealt again in a random order: each task gets one more a round,"
        " or only those whose own expected error is above {target}. Measured on {n} tasks of {all}"
        " with two labels or more; intervals are 95 %, bootstrap over tasks.",
        "把已有标注按随机次序重新发放：或每轮每题各加一条，"
        "或只发给自身期望误差仍高于 {target} 的题。在 {all} 道有两条以上标注的题中取 {n} 道测算；"
        "区间为 95%，按题目自助抽样。",
    ),
    "report.rule.fixed": Phrase("the same for every task", "每题同样多"),
    "report.rule.adaptive": Phrase("only where unsure", "只给没把握的题"),
    "report.column.true": Phrase("Class", "类别"),
    "report.column.right": Phrase("Right, 95 %", "正确率 95% 区间"),
    "report.column.labels": Phrase("Labels", "标注数"),
    "report.column.each": Phrase("Labels a task", "每题标注数"),
    "report.column.expected_error": Phrase("Expected error", "期望误差"),
    "report.annotators.title": Phrase("Annotators", "标注员"),
    "report.annotators.lead": Phrase(
        "Estimated reliability: how often an annotator's answer agrees with the truth, as far as"
        " all answers together reveal it.",
        "可靠度估计：综合全部作答推断，该标注员的答案与真实答案相符的比例。",
    ),
    "report.accuracy.title": Phrase("Right against the key", "与标准答案对照"),
    "report.accuracy.lead": Phrase(
        "Share of tasks whose concluded answer is the key's, where a key is known.",
        "在有标准答案的题目上，汇总结论与标准答案一致的比例。",
    ),
    "report.calibration.title": Phrase("Stated and true", "把握与事实"),
    "report.calibration.lead": Phrase(
        "How sure the consensus was without keys, across, and how often it was right, up. Points"
        " below the dashed line were too sure; bars are 95 % intervals.",
        "横轴：未用标准答案时共识的把握；纵轴：实际正确的比例。"
        "低于虚线即把握过高；竖线为 95% 区间。",
    ),
    "report.column.calibration_error": Phrase("Expected calibration error", "期望校准误差"),
    "report.column.by_chance": Phrase("By chance alone", "仅因偶然"),
    "report.chart.stated": Phrase("stated probability", "所述概率"),
    "report.chart.observed": Phrase("share that was right", "实际正确的比例"),
    "report.checks.title": Phrase("What verifiers found", "程序核验结果"),
    "report.checks.lead": Phrase(
        "Undecided is neither right nor wrong: the verifier could not tell, and says why.",
        "“未决”既不算对也不算错：核验程序无法判断，并注明原因。",
    ),
    "report.posteriors.title": Phrase("How sure the conclusions are", "结论的把握"),
    "report.posteriors.lead": Phrase(
        "Posterior probability of the concluded answer, one count a task.",
        "每道题结论的后验概率分布，纵轴为题数。",
    ),
    "report.origins.title": Phrase("Where the data came from", "数据来源"),
    "report.origins.lead": Phrase(
        "Source, channel and licence as recorded at import. A false declaration cannot be"
        " detected here.",
        "导入时登记的来源、渠道与许可。登记不实在此无法识别。",
    ),
    "report.headroom.title": Phrase("Tasks that nobody solved", "尚无人解出的题目"),
    "report.headroom.lead": Phrase(
        "Where the next hour of expert time may be worth most.",
        "接下来的专家时间投在这些技能上，收益可能最大。",
    ),
    "report.release.title": Phrase("The release", "发布信息"),
    "report.release.lead": Phrase(
        "The root commits to every byte of the release; the signature shows integrity and recorded"
        " origin, nothing more.",
        "内容根对发布的每个字节作出承诺；签名只证明内容完整和所记录的来源，别无其他含义。",
    ),
    "report.release.unsigned": Phrase("not signed", "未签名"),
    "report.commands.title": Phrase("What to do next", "下一步"),
    "report.commands.lead": Phrase("Run these in the workspace.", "在工作区中运行以下命令。"),
    # columns
    "report.column.project": Phrase("Project", "项目"),
    "report.column.purpose": Phrase("Purpose", "用途"),
    "report.column.built": Phrase("Built", "生成时间"),
    "report.column.stage": Phrase("Stage", "环节"),
    "report.column.entered": Phrase("In", "流入"),
    "report.column.left": Phrase("Out", "流出"),
    "report.column.set_aside": Phrase("Set aside", "搁置"),
    "report.column.balance": Phrase("In = out + set aside", "流入 = 流出 + 搁置"),
    "report.column.place": Phrase("Place", "位置"),
    "report.column.field": Phrase("Field", "字段"),
    "report.column.detail": Phrase("Detail", "说明"),
    "report.column.name": Phrase("Name", "名称"),
    "report.column.value": Phrase("Value", "数值"),
    "report.column.interval": Phrase("Interval", "区间"),
    "report.column.items": Phrase("Items", "样本数"),
    "report.column.method": Phrase("Method", "方法"),
    "report.column.type": Phrase("Type", "类型"),
    "report.column.answers": Phrase("Answers", "作答数"),
    "report.column.reliability": Phrase("Reliability", "可靠度"),
    "report.column.verified": Phrase("Verified", "通过"),
    "report.column.refuted": Phrase("Refuted", "不符"),
    "report.column.undecided": Phrase("Undecided", "未决"),
    "report.column.known": Phrase("Tasks with a posterior", "有后验概率的题目"),
    "report.column.unknown": Phrase("Tasks without one", "无后验概率的题目"),
    "report.column.source": Phrase("Source", "来源"),
    "report.column.channel": Phrase("Channel", "渠道"),
    "report.column.licence": Phrase("Licence", "许可"),
    "report.column.rows": Phrase("Rows", "行数"),
    "report.column.skill": Phrase("Skill", "技能"),
    "report.column.unsolved": Phrase("Unsolved", "未解出"),
    "report.column.tasks": Phrase("Tasks", "题目数"),
    "report.column.root": Phrase("Content root", "内容根"),
    "report.column.signer": Phrase("Signing key", "签名密钥"),
    # values
    "report.purpose.training": Phrase("training", "训练"),
    "report.purpose.evaluation": Phrase("evaluation", "评测"),
    "report.stage.import": Phrase("Import", "导入"),
    "report.stage.generate": Phrase("Generate", "生成"),
    "report.stage.verify": Phrase("Verify", "核验"),
    "report.stage.judge": Phrase("Judge", "评定"),
    "report.stage.release": Phrase("Release", "发布"),
    "report.type.person": Phrase("person", "真人"),
    "report.type.model": Phrase("model", "模型"),
    "report.type.program": Phrase("program", "程序"),
    "report.outcome.verified": Phrase("verified", "通过"),
    "report.outcome.refuted": Phrase("refuted", "不符"),
    "report.outcome.undecided": Phrase("undecided", "未决"),
    "report.channel.own": Phrase("our own", "自有"),
    "report.channel.published": Phrase("published data set", "公开数据集"),
    "report.channel.weights": Phrase("a model we run", "自行运行的模型"),
    "report.channel.api": Phrase("vendor's endpoint", "供应商接口"),
    "report.channel.person": Phrase("person", "真人"),
    "report.channel.simulated": Phrase("simulated", "模拟"),
    "report.split.train": Phrase("Rows to train on", "训练集行数"),
    "report.split.dev": Phrase("Rows to tune on", "开发集行数"),
    "report.split.test": Phrase("Rows to test on", "测试集行数"),
    # charts
    "report.chart.first": Phrase("the first {n} of {all}", "仅绘出前 {n} 项，共 {all} 项"),
    "report.chart.more": Phrase("; and {n} more", "；另有 {n} 项"),
    "report.chart.histogram": Phrase(
        "{n} values; {high} of them are in the highest tenth; {unknown} unknown",
        "共 {n} 个值，其中 {high} 落在最高的十分之一区间；未知 {unknown} 个",
    ),
}
