"""What the demo says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "demo.title": Phrase(
        "qinglan demo, seed {seed} (all annotators are simulated)",
        "青蓝演示，种子 {seed}（所有标注者均为模拟）",
    ),
    "demo.workspace": Phrase("workspace {folder}", "工作区 {folder}"),
    "demo.tasks": Phrase(
        "questions: {new} new, {aside} rows set aside with their reasons",
        "题目：新增 {new}，搁置 {aside} 行并注明原因",
    ),
    "demo.again": Phrase(
        "questions: imported by an earlier run, nothing to do", "题目：此前已导入，无需重复"
    ),
    "demo.answers": Phrase(
        "answers: {new} from {annotators} simulated annotators",
        "答案：{new} 条，来自 {annotators} 位模拟标注者",
    ),
    "demo.verified": Phrase(
        "checked against keys: {verified} verified, {refuted} refuted, {undecided} undecided",
        "对照标准答案：正确 {verified}，错误 {refuted}，未决 {undecided}",
    ),
    "demo.consensus": Phrase(
        "by votes alone, without keys: majority {majority} right, consensus {consensus} right",
        "仅凭投票、不看标准答案：多数票正确率 {majority}，共识正确率 {consensus}",
    ),
    "demo.judged": Phrase(
        "verdicts: {accepted} accepted, {aside} set aside", "裁定：通过 {accepted}，搁置 {aside}"
    ),
    "demo.release": Phrase("release: {rows} rows, root {root}…", "发布：{rows} 行，内容根 {root}…"),
    "demo.checked": Phrase(
        "release checked with the workspace's public key: {folder}",
        "已用工作区公钥校验发布：{folder}",
    ),
    "demo.report": Phrase("report: {file}", "报告：{file}"),
    "demo.skills": Phrase(
        "Skill of the simulated annotators, estimated without keys",
        "模拟标注者的能力（估计时不看标准答案）",
    ),
    "demo.column.annotator": Phrase("annotator", "标注者"),
    "demo.column.planted": Phrase("given", "设定"),
    "demo.column.estimated": Phrase("estimated", "估计"),
    "demo.column.interval": Phrase("95 % interval", "95% 区间"),
    "demo.simulated": Phrase(
        "The annotators are simulated; nothing here speaks of people.",
        "标注者均为模拟，以上数字不代表真人。",
    ),
    "demo.failed": Phrase(
        "claim not shown, seed {seed}: {claim}", "种子 {seed}，未能证实：{claim}"
    ),
    "demo.again_seed": Phrase(
        "once more, seed {seed} ({seeds} in all)", "再来一遍，种子 {seed}（共 {seeds} 个）"
    ),
    "demo.next": Phrase("Try next:", "接下来可以试试："),
    "demo.seconds": Phrase("done in {seconds} s", "用时 {seconds} 秒"),
    "error.demo.release": Phrase(
        "the release that the demo made does not verify ({failures}); please report this",
        "演示生成的发布未通过校验（{failures}）；请报告此问题",
    ),
}
