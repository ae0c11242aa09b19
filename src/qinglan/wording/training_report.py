"""What the page of a training says: its sections, its columns, and what stands beneath them."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "report.training.demo_title": Phrase(
        "Has the student outgrown its teacher? Seed {seed}", "学生青出于蓝了吗？种子 {seed}"
    ),
    # what must be said before any figure
    "report.training.simulated.title": Phrase(
        "Experts are simulated by programs", "专家由程序模拟"
    ),
    "report.training.people.title": Phrase("How far these figures reach", "这些数字能说明什么"),
    "report.training.note_interval": Phrase(
        "Intervals are 95% over questions and speak of one checkpoint of each arm; a claim about"
        " the method needs several seeds.",
        "区间为按题计的 95% 区间，只说明各组的这一个检查点；若要评判方法本身，须看多个种子。",
    ),
    "report.training.note_flat": Phrase(
        "An interval without width says that these questions all came out alike; where they are"
        " few, others may not.",
        "区间宽度为零，只说明这些题的结果全都一致；题数少时，换一批题未必如此。",
    ),
    # facts of the header
    "report.training.fact.seed": Phrase("Seed", "种子"),
    "report.training.fact.language": Phrase("Questions in", "题目语言"),
    "report.training.fact.tasks": Phrase("Questions to learn from", "训练题数"),
    "report.training.fact.items": Phrase("Held-out questions", "留出题数"),
    "report.training.fact.k": Phrase("Samples a question (k)", "每题采样数（k）"),
    "report.training.language.en": Phrase("English", "英文"),
    "report.training.language.zh": Phrase("Chinese", "中文"),
    # claims
    "report.training.claims.title": Phrase("What this run had to show", "本次训练须证明的各点"),
    "report.training.claims.lead": Phrase(
        "{holds} of {all} hold; each stands with the figures it rests on.",
        "共 {all} 条，成立 {holds} 条；各条附所据数字。",
    ),
    "report.training.claim.yes": Phrase("holds", "成立"),
    "report.training.claim.no": Phrase("does not hold", "不成立"),
    "report.training.claim.undecided": Phrase("undecided", "未决"),
    # sections
    "report.training.outgrown.title": Phrase("Students against their teacher", "学生与老师"),
    "report.training.outgrown.lead": Phrase(
        "pass@1 on the held-out questions, skill by skill; in the table, each student minus"
        " the teacher on the same questions, all skills together. Above or below is said only where"
        " the interval leaves out 0 and p is below 0.05.",
        "图为留出题上的 pass@1，按技能列出；表为各学生在同一批题上与老师之差（全部技能合计）。"
        "只有区间不含 0 且 p 值小于 0.05，才判为更高或更低。",
    ),
    "report.training.outgrown.drawn": Phrase(
        "The figure shows the teacher and {n} of {all} students; the table below shows every arm.",
        "图中绘出老师与 {all} 个学生中的 {n} 个；各组的数字都在下表。",
    ),
    "report.training.scores.title": Phrase("Every score", "全部分数"),
    "report.training.scores.lead": Phrase(
        "By skill and arm, with 95% intervals. Undecided answers are neither right nor wrong, and"
        " enter no rate. Differences are paired: the same questions, in points.",
        "按技能和组别列出，附 95% 区间。未决的作答既不算对也不算错，不计入比率。"
        "差值按同题配对计算，单位为百分点。",
    ),
    "report.training.passk.title": Phrase("Once, and within k tries", "一次作答与 k 次之内"),
    "report.training.passk.lead": Phrase(
        "pass@{k} far above pass@1: the model can, but not reliably, and verified samples of its"
        " own could teach it. Both alike and low: somebody else has to show how.",
        "pass@{k} 远高于 pass@1，说明模型会做但不稳，可用自己的答案经核验后再学。"
        "两者都低，则要由别人来教。",
    ),
    "report.training.headroom.title": Phrase("Who could teach what", "谁能教什么"),
    "report.training.headroom.lead": Phrase(
        "Measured on the development questions, before any expert was sent. What the teacher finds"
        " once in k tries it can still teach; what it never finds, only experts can.",
        "派出专家之前在开发题上测得。老师 k 次之内能答对的，老师还能教；"
        "始终答不出的，唯有专家能教。",
    ),
    "report.training.headroom.pilot": Phrase(
        "Measuring it took {n} expert answers, which the costs below do not include.",
        "这项测量用去专家答案 {n} 条，不计入下面的成本。",
    ),
    "report.training.data.title": Phrase("What each model learned from", "各模型学了什么"),
    "report.training.data.lead": Phrase(
        "Examples given to each run, by who answered them.", "交给每次训练的样例数，按作答者列出。"
    ),
    "report.training.data.drawn": Phrase(
        "The figure shows the students; the table shows every run.",
        "图中只绘出学生，表中列出每次训练。",
    ),
    "report.training.cost.title": Phrase("What it cost", "成本"),
    "report.training.cost.lead": Phrase(
        "Answers asked for, whether or not they were used, and the work of training. Students that"
        " are compared must cost the same to train.",
        "所要的答案（不论是否采用）与训练开销。相互比较的学生，训练开销应当相同。",
    ),
    "report.training.losses.title": Phrase("Training loss", "训练损失"),
    "report.training.losses.lead": Phrase(
        "Loss on the answers' tokens. A low one says that the model fits its data, not that the"
        " data are right.",
        "答案词元上的损失。损失低只说明模型拟合了数据，不说明数据正确。",
    ),
    "report.training.losses.base": Phrase("Training loss of the base", "底座的训练损失"),
    "report.training.losses.steps": Phrase("steps", "步数"),
    "report.training.lineage.title": Phrase("Where each model comes from", "模型的来历"),
    "report.training.lineage.lead": Phrase(
        "Run, release, content root. A model's card names its release by this root, and the"
        " workspace's history names the run and the release together by their hashes, so each"
        " leads to the other. This is recorded origin; it cannot show that nothing else was used.",
        "运行、发布、内容根。模型卡以内容根指明所用的发布，工作区的历史记录又以哈希把运行与发布"
        "连在一起，从任一方都能找到另一方。这是有记录的来源，不能证明没有用过别的数据。",
    ),
    "report.training.lineage.no_release": Phrase("no release", "无发布"),
    "report.training.lineage.versions": Phrase("Software: {list}.", "软件版本：{list}。"),
    "report.training.commands.title": Phrase("What to do next", "下一步"),
    "report.training.commands.lead": Phrase(
        "These commands work as they stand.", "以下命令可直接运行。"
    ),
    # names
    "report.training.all": Phrase("All skills", "全部技能"),
    "report.training.reference": Phrase("reference", "基准"),
    "report.training.head_to_head": Phrase(
        "Experts by headroom minus experts at random", "专家按提升空间派题与随机派题之差"
    ),
    "report.training.origin.own": Phrase("own material", "自有材料"),
    "report.training.origin.teacher": Phrase("teacher", "老师"),
    "report.training.origin.expert": Phrase("experts", "专家"),
    "report.training.origin.simulated_expert": Phrase("simulated experts", "模拟专家"),
    "report.training.finding.above": Phrase("above", "更高"),
    "report.training.finding.below": Phrase("below", "更低"),
    "report.training.finding.open": Phrase("not told apart", "分不出高下"),
    # columns
    "report.training.column.arm": Phrase("Arm", "组别"),
    "report.training.column.skill": Phrase("Skill", "技能"),
    "report.training.column.comparison": Phrase("Compared", "比较"),
    "report.training.column.claim": Phrase("Claim", "论断"),
    "report.training.column.finding": Phrase("Finding", "结论"),
    "report.training.column.n": Phrase("Decided", "已判题数"),
    "report.training.column.undecided": Phrase("Undecided", "未决"),
    "report.training.column.pass1": Phrase("pass@1", "pass@1"),
    "report.training.column.passk": Phrase("pass@{k}", "pass@{k}"),
    "report.training.column.interval": Phrase("95% interval", "95% 区间"),
    "report.training.column.difference": Phrase("Minus teacher", "与老师之差"),
    "report.training.column.points": Phrase("Difference, points", "差值（百分点）"),
    "report.training.column.p_value": Phrase("p", "p 值"),
    "report.training.column.between": Phrase("Gained in {k} tries", "{k} 次较一次"),
    "report.training.column.teacher": Phrase("Teacher", "老师"),
    "report.training.column.best": Phrase("Teacher, best of {k}", "老师 {k} 次取优"),
    "report.training.column.student": Phrase("Student", "学生"),
    "report.training.column.expert": Phrase("Expert", "专家"),
    "report.training.column.teachable": Phrase("Teacher can teach", "老师可教"),
    "report.training.column.experts_only": Phrase("Only experts can", "唯专家可教"),
    "report.training.column.piloted": Phrase("Pilot questions", "试答题数"),
    "report.training.column.sent": Phrase("Tasks sent to experts", "交给专家的题数"),
    "report.training.column.total": Phrase("Together", "合计"),
    "report.training.column.expert_answers": Phrase("Expert answers", "专家答案"),
    "report.training.column.teacher_answers": Phrase("Teacher answers", "老师答案"),
    "report.training.column.steps": Phrase("Steps", "步数"),
    "report.training.column.tokens": Phrase("Completion tokens", "答案词元"),
    "report.training.column.seconds": Phrase("Seconds", "用时（秒）"),
    "report.training.column.first_loss": Phrase("First loss", "起始损失"),
    "report.training.column.last_loss": Phrase("Last loss", "末次损失"),
    "report.training.column.run": Phrase("Run", "运行"),
    "report.training.column.release": Phrase("Release", "发布"),
    "report.training.column.root": Phrase("Content root", "内容根"),
}
