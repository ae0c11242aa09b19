"""What is said about whom to ask next."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tab.asking": Phrase("Whom to ask", "请谁作答"),
    "web.asking.what": Phrase(
        "What one more answer of each person is expected to mend, skill by skill, as the last "
        "judging left it. Those whose answers tell most come first; unknown is unknown, not "
        "nought.",
        "按技能列出每个人再答一份预计能带来的改善，依据最近一次裁定。预期信息量高者在前；未知即未知，不等于零。",
    ),
    "web.asking.not_yet": Phrase("Judge first:", "请先进行裁定："),
    "web.asking.no_kind": Phrase(
        "Nothing can be said here: no task has a posterior yet, or answers of this kind are nearer "
        "or farther rather than right or wrong.",
        "暂无法给出：尚无题目得出后验概率，或该题型的作答只有远近之分，没有对错之分。",
    ),
    "web.asking.as_of": Phrase("As of the judging at {time} UTC.", "依据 {time} UTC 的裁定。"),
    "web.asking.no_skill": Phrase("No skill", "无技能要求"),
    "web.asking.part": Phrase(
        "{tasks} judged tasks, {doubtful} of them in doubt; expected share of wrong verdicts "
        "{error} %.",
        "已裁定 {tasks} 题，其中 {doubtful} 题存疑；裁定的预期错误率 {error}%。",
    ),
    "web.asking.nobody": Phrase(
        "Nobody who is seated and active may be given these tasks.",
        "没有在席且可领取这些题目的人员。",
    ),
    "web.asking.answers": Phrase("Answers to go by", "可参照作答数"),
    "web.asking.right": Phrase("Right, %", "正确率（%）"),
    "web.asking.mended": Phrase("Errors mended in 100 answers", "每百份作答减少的错误"),
    "web.asking.told": Phrase("Bits an answer", "每份信息量（比特）"),
    "web.asking.an_hour": Phrase("Bits an hour", "每小时信息量（比特）"),
    "web.asking.simulated": Phrase("simulated", "模拟"),
    "web.asking.unknown": Phrase(
        "unknown: no other answer or check speaks about theirs here",
        "未知：此处没有其他作答或核验可供参照",
    ),
    "web.asking.how": Phrase("How this is reckoned", "计算方法"),
    "web.asking.how_1": Phrase(
        "Of each skill and language the 200 tasks most in doubt are taken (expected error of 5 % "
        "and more), without those that the person has answered. How often they are right comes "
        "from their answers there that another person's answer or a check speaks about, with its "
        "95 % interval; the small figures are the range over that interval, and nothing else that "
        "is uncertain is in them.",
        "每个技能和语言取最存疑的 200 题（预期错误率 5% 及以上），不含本人答过的题。正确率取自此处"
        "有他人作答或核验可参照的作答，并附 95% 区间；小字为该区间内的变化范围，不含其他不确定"
        "因素。",
    ),
    "web.asking.how_2": Phrase(
        "What is mended is nought wherever one answer cannot change what is taken for right, "
        "though two could; bits count both, and give the order. Somebody new, or alone with their "
        "tasks, is unknown until others answer the same tasks: let them overlap.",
        "若一份作答不足以改变结论（两份则可能），减少的错误计为零；信息量则两者都计入，并据此排序。新人或独自"
        "作答者在他人作答相同题目之前为未知：请安排重叠作答。",
    ),
    "cli.asking": Phrase(
        "Whom to ask next: what one more answer of each person is expected to mend.",
        "请谁作答：每个人再答一份预计带来的改善。",
    ),
    "cli.asking.not_yet": Phrase(
        "nothing is known yet; run 'qinglan judge {project}'",
        "尚无依据；请运行 'qinglan judge {project}'",
    ),
    "cli.asking.part": Phrase(
        "{skill} {language}: {doubtful} of {tasks} tasks in doubt",
        "{skill} {language}：{tasks} 题中 {doubtful} 题存疑",
    ),
    "cli.asking.known": Phrase(
        "  {name}: right {right} % [{right_low}–{right_high}], mends {mended} errors in 100 "
        "answers [{low}–{high}], tells {told} bits",
        "  {name}：正确率 {right}%［{right_low}–{right_high}］，每百份作答减少错误 {mended}"
        "［{low}–{high}］，信息量 {told} 比特",
    ),
    "cli.asking.unknown": Phrase("  {name}: unknown", "  {name}：未知"),
}
