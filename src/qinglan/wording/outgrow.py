"""What the outgrow story says: its tables, its claims, and what stands beneath them."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "outgrow.title.headroom": Phrase(
        "Headroom on the development split, in points", "开发集上的提升空间（百分点）"
    ),
    "outgrow.title.skills": Phrase(
        "Held-out split, {n} questions: pass@1 by skill, in percent",
        "留出集 {n} 题：各项技能的 pass@1（%）",
    ),
    "outgrow.title.scores": Phrase(
        "All skills together, {n} questions, with 95 % intervals",
        "全部技能合计 {n} 题，附 95% 区间",
    ),
    "outgrow.title.runs": Phrase("Trainings", "各次训练"),
    "outgrow.teacher": Phrase("teacher", "老师"),
    "outgrow.best": Phrase("best of {k}", "{k} 次取优"),
    "outgrow.student": Phrase("student", "学生"),
    "outgrow.expert": Phrase("simulated expert", "模拟专家"),
    "outgrow.teachable": Phrase("teacher can teach", "老师可教"),
    "outgrow.experts_only": Phrase("only experts can", "唯专家可教"),
    "outgrow.sent": Phrase("tasks to experts", "交给专家的题数"),
    "outgrow.all": Phrase("all", "合计"),
    "outgrow.pass1": Phrase("pass@1", "pass@1"),
    "outgrow.passk": Phrase("pass@{k}", "pass@{k}"),
    "outgrow.diff": Phrase("minus teacher", "与老师之差"),
    "outgrow.by_teacher": Phrase("from teacher", "来自老师"),
    "outgrow.by_expert": Phrase("from simulated experts", "来自模拟专家"),
    "outgrow.steps": Phrase("steps", "步数"),
    "outgrow.tokens": Phrase("completion tokens", "答案词元"),
    "outgrow.loss": Phrase("last loss", "末次损失"),
    "outgrow.seconds": Phrase("seconds", "用时（秒）"),
    "outgrow.arm.base": Phrase("base", "底座"),
    "outgrow.arm.teacher": Phrase("teacher", "老师"),
    "outgrow.arm.distilled": Phrase("distilled only", "仅蒸馏"),
    "outgrow.arm.verified": Phrase("verified only", "仅用核验过的"),
    "outgrow.arm.random": Phrase("experts at random", "专家随机派题"),
    "outgrow.arm.headroom": Phrase("experts by headroom", "专家按提升空间派题"),
    "outgrow.claim.splits": Phrase(
        "train, development and held-out splits share no question ({shared} shared)",
        "训练集、开发集与留出集互不重题（重复 {shared} 题）",
    ),
    "outgrow.claim.equal": Phrase(
        "all students had equal steps, and completion tokens within 1 % ({fewest} to {most})",
        "各学生步数相同，答案词元相差不超过 1%（{fewest} 至 {most}）",
    ),
    "outgrow.claim.budget": Phrase(
        "experts answered at most {share} of the tasks ({expert} of {tasks})",
        "专家作答不超过题目的 {share}（{tasks} 题中的 {expert} 题）",
    ),
    "outgrow.claim.distilled_near": Phrase(
        "the distilled student is within 5 points of its teacher ({gap} behind)",
        "蒸馏学生与老师相差不到 5 个百分点（落后 {gap}）",
    ),
    "outgrow.claim.distilled_below": Phrase(
        "the distilled student is not above its teacher's interval ({value} against {high})",
        "蒸馏学生没有高出老师的区间（{value}，区间上端 {high}）",
    ),
    "outgrow.claim.outgrown": Phrase(
        "the student with experts by headroom is above its teacher: interval {low} to {high}",
        "按提升空间请专家的学生胜过老师：区间 {low} 至 {high}",
    ),
    "outgrow.claim.by_ten": Phrase(
        "and by at least 10 points ({gain})", "且至少高出 10 个百分点（{gain}）"
    ),
    "outgrow.note_planted": Phrase(
        "The teacher's ceiling is planted: one skill taught wrongly, one never taught.",
        "老师的上限是人为设置的：一项技能教错，一项从未教过。",
    ),
    "outgrow.note_simulated": Phrase(
        "The experts are simulated: {overlap} a question, each wrong in {error} of its answers; "
        "do not quote this for people.",
        "专家是模拟的：每题 {overlap} 位，每位答错率 {error}；请勿据此推断真人水平。",
    ),
    "outgrow.title.spread": Phrase(
        "Over {seeds} seeds: pass@1 in percent, and each student minus its own seed's teacher",
        "跨 {seeds} 个种子：pass@1（%），以及每个学生与同一种子的老师之差",
    ),
    "outgrow.mean": Phrase("mean", "均值"),
    "outgrow.sd": Phrase("SD", "标准差"),
    "outgrow.range": Phrase("lowest to highest", "最低至最高"),
    "outgrow.above": Phrase("seeds above", "胜出种子数"),
    "outgrow.seed": Phrase("seed", "种子"),
    "outgrow.claims": Phrase("claims that fail", "不成立的结论"),
    "outgrow.none": Phrase("none", "无"),
    "outgrow.title.seeds": Phrase(
        "Each seed: pass@1 on the held-out split, in percent", "各种子在留出集上的 pass@1（%）"
    ),
    "outgrow.head_to_head": Phrase(
        "experts by headroom minus experts at random", "按提升空间派题与随机派题之差"
    ),
    "outgrow.note_seeds": Phrase(
        "Intervals over seeds are Student's, 95 %, over paired differences of whole stories: they "
        "speak of the method on these questions.",
        "跨种子的区间是对整个流程成对差值求得的 95% 学生 t 区间，"
        "说明的是该方法在这类题目上的表现。",
    ),
    "outgrow.note_interval": Phrase(
        "Intervals are 95 % over questions and speak of one checkpoint; a claim about the method "
        "needs several seeds.",
        "区间为按题计的 95% 区间，只说明这一个检查点；若要评判方法本身，须看多个种子。",
    ),
}
