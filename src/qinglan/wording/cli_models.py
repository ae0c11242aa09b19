"""What the commands on models say: ``train``, ``evaluate``, ``headroom``."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "stage.train": Phrase("train", "训练"),
    "cli.train": Phrase("Train a model on a release.", "用发布训练模型。"),
    "cli.train.release": Phrase(
        "Release made here for training: PROJECT/RELEASE, or RELEASE.",
        "本工作区用于训练的发布：项目/发布，或发布名。",
    ),
    "cli.train.base": Phrase(
        "Folder of the model to start from; left as it is.", "起点模型的文件夹；不会被改动。"
    ),
    "cli.train.out": Phrase(
        "Folder for the run (default: models/RELEASE); a training cut off goes on there.",
        "训练所在文件夹（默认 models/发布名）；中断的训练从此处继续。",
    ),
    "cli.train.recipe": Phrase(
        "TOML file with fields of a recipe; options count before it.",
        "配方的 TOML 文件；命令行选项优先。",
    ),
    "cli.train.steps": Phrase(
        "Optimiser steps (default: each example three times).", "优化步数（默认每条样例学三遍）。"
    ),
    "cli.train.rate": Phrase(
        "Learning rate at its peak (default: 0.00002).", "学习率峰值（默认 0.00002）。"
    ),
    "cli.train.no_rate": Phrase("{text} is no number", "{text} 不是数字"),
    "cli.train.batch": Phrase("Examples a step (default: 32).", "每步样例数（默认 32）。"),
    "cli.train.seed": Phrase("Seed of the order (default: 0).", "样例顺序的种子（默认 0）。"),
    "cli.train.loss": Phrase("loss {loss}", "损失 {loss}"),
    "cli.train.speed": Phrase("{rate} steps/s", "{rate} 步/秒"),
    "cli.train.left": Phrase("{left} left", "剩余 {left}"),
    "cli.train.again": Phrase(
        "{folder}: trained before, nothing to do", "{folder}：此前已训练完成，无需重复"
    ),
    "cli.train.done": Phrase(
        "{steps} steps on {used} examples, last loss {loss}, {seconds} s",
        "{used} 条样例，训练 {steps} 步，末次损失 {loss}，用时 {seconds} 秒",
    ),
    "cli.train.too_long": Phrase(
        "set aside as too long for the model: {count} of {all} examples",
        "超出模型窗口而搁置：{all} 条样例中的 {count} 条",
    ),
    "cli.train.resumed": Phrase(
        "times it was cut off and went on: {times}", "中断后续训：{times} 次"
    ),
    "cli.train.simulated": Phrase(
        "part of the data came from simulated annotators", "部分数据来自模拟标注者"
    ),
    "cli.train.owes": Phrase("what the model's sources demand:", "模型所用来源要求："),
    "cli.train.where": Phrase("model: {folder}  run: {run}", "模型：{folder}  训练：{run}"),
    "stage.evaluate": Phrase("evaluate", "评测"),
    "cli.evaluate": Phrase("Score a model on a held-out set.", "在留出集上给模型打分。"),
    "cli.evaluate.model": Phrase(
        "Folder of the model, or with --endpoint its name.",
        "模型文件夹；用 --endpoint 时为模型名。",
    ),
    "cli.evaluate.on": Phrase(
        "Release made here: PROJECT/RELEASE, or RELEASE.", "本工作区的发布：项目/发布，或发布名。"
    ),
    "cli.evaluate.split": Phrase("Split that is held out.", "用作留出集的划分。"),
    "cli.evaluate.endpoint": Phrase(
        "OpenAI-compatible server, such as http://127.0.0.1:8000/v1.",
        "兼容 OpenAI 接口的服务地址，例如 http://127.0.0.1:8000/v1。",
    ),
    "cli.evaluate.key_from": Phrase(
        "Environment variable that holds the server's key.", "存放服务密钥的环境变量名。"
    ),
    "cli.evaluate.no_key": Phrase("there is no environment variable {name}", "没有环境变量 {name}"),
    "cli.evaluate.channel": Phrase(
        "With --endpoint, whose model it is: own, weights or api.",
        "用 --endpoint 时须注明模型归属：own（自有）、weights（公开权重）或 api。",
    ),
    "cli.evaluate.family": Phrase("Model family that the terms speak of.", "条款所指的模型系列。"),
    "cli.evaluate.licence": Phrase("Licence of the weights.", "权重的许可证。"),
    "cli.evaluate.calls": Phrase(
        "replies {replies}, calls cut off {cut_off}; tokens: prompts {prompt_tokens}, answers "
        "{completion_tokens}",
        "回复 {replies} 条，中断 {cut_off} 次；词元：问 {prompt_tokens}，答 {completion_tokens}",
    ),
    "cli.evaluate.samples": Phrase(
        "Answers an item with chance, for pass@k (default: 8; 0 leaves it out).",
        "每题随机采样的答案数，用于 pass@k（默认 8；0 表示不算）。",
    ),
    "cli.evaluate.k": Phrase(
        "The k of pass@k (default: as many as samples).", "pass@k 的 k（默认等于采样数）。"
    ),
    "cli.evaluate.temperature": Phrase(
        "Temperature of the samples (default: 0.7).", "采样温度（默认 0.7）。"
    ),
    "cli.evaluate.max_tokens": Phrase(
        "Most tokens an answer (default: 512).", "每个答案的词元上限（默认 512）。"
    ),
    "cli.evaluate.seed": Phrase("Seed of the samples (default: 0).", "采样种子（默认 0）。"),
    "cli.evaluate.instruct": Phrase(
        "Text to add below every question, such as how to end an answer.",
        "附在每道题后的说明，例如答案该如何收尾。",
    ),
    "cli.evaluate.verifier": Phrase(
        "Verifier to judge with (default: the kind's own).", "用哪个核验器（默认为该题型自带的）。"
    ),
    "cli.evaluate.against": Phrase(
        "Id of a report on the same set to compare with.", "同一评测集上要对比的报告编号。"
    ),
    "cli.evaluate.why": Phrase(
        "What this look at the set is for; kept with it.", "这次查看评测集的用途；一并记录。"
    ),
    "cli.evaluate.all": Phrase("all", "全部"),
    "cli.evaluate.no_skill": Phrase("no skill named", "未注明技能"),
    "cli.evaluate.skill": Phrase("skill", "技能"),
    "cli.evaluate.decided": Phrase("decided", "已判"),
    "cli.evaluate.undecided": Phrase("undecided", "未决"),
    "cli.evaluate.pass_1": Phrase("pass@1, percent", "pass@1（百分比）"),
    "cli.evaluate.pass_k": Phrase("pass@{k}, percent", "pass@{k}（百分比）"),
    "cli.evaluate.minus": Phrase("minus {other}, points", "与 {other} 之差（百分点）"),
    "cli.evaluate.p": Phrase("McNemar's p", "McNemar 检验 p 值"),
    "cli.evaluate.looks": Phrase(
        "look number {looks} at these questions ({split} split of {release}), with {models} "
        "models so far; each further one makes them less held out",
        "这是第 {looks} 次查看这些题目（{release} 的 {split} 划分），迄今涉及 {models} 个模型；"
        "看得越多，留出集越不可信",
    ),
    "cli.evaluate.again": Phrase(
        "evaluated before in the same way: this is the report of that time, and no new look",
        "此前已用同样方式评测过：这是当时的报告，不计为新的查看",
    ),
    "cli.evaluate.evasive": Phrase(
        "answers that could not be read, or did not commit, counted as wrong: {count}",
        "读不出或模棱两可而计为错误的答案：{count}",
    ),
    "cli.evaluate.simulated": Phrase(
        "keys that rest on simulated annotators: {count} of {all}; do not quote this for people",
        "{all} 题中有 {count} 题的标准答案来自模拟标注者；请勿当作真人数据引用",
    ),
    "cli.evaluate.interval": Phrase(
        "Intervals are 95% over questions and speak of this one checkpoint, not of a method.",
        "区间为按题计的 95% 区间，只说明这一个检查点，不说明方法。",
    ),
    "cli.evaluate.where": Phrase("report: {report}  {file}", "报告：{report}  {file}"),
    "cli.headroom": Phrase(
        "By skill: what a teacher can teach, and what only experts can.",
        "按技能看：老师还能教什么，哪些只有专家能教。",
    ),
    "cli.headroom.teacher": Phrase(
        "Id of the teacher's report, with samples, on a development split.",
        "老师的报告编号（须有采样，且用开发划分）。",
    ),
    "cli.headroom.student": Phrase(
        "Id of the student's report on the same set.", "学生在同一评测集上的报告编号。"
    ),
    "cli.headroom.expert": Phrase(
        "An annotator who counts as expert; repeatable (default: all people in the project).",
        "算作专家的标注者；可重复（默认为项目中的全部真人）。",
    ),
    "cli.headroom.budget": Phrase(
        "Expert tasks to spread over the skills by what only experts can teach.",
        "专家任务总数，按唯专家可教的差距分到各技能。",
    ),
    "cli.headroom.out": Phrase("Also write a page to this file.", "同时写出网页到此文件。"),
    "cli.headroom.column.teacher": Phrase("teacher", "老师"),
    "cli.headroom.column.best": Phrase("best of {k}", "{k} 次取优"),
    "cli.headroom.column.student": Phrase("student", "学生"),
    "cli.headroom.column.expert": Phrase("expert", "专家"),
    "cli.headroom.column.teachable": Phrase("teacher can teach, points", "老师可教（百分点）"),
    "cli.headroom.column.experts_only": Phrase("only experts can, points", "唯专家可教（百分点）"),
    "cli.headroom.column.sent": Phrase("tasks to experts", "交给专家的题数"),
    "cli.headroom.pilot": Phrase(
        "experts answered {pilot} of the questions: {experts}", "专家答过其中 {pilot} 题：{experts}"
    ),
    "cli.headroom.left_out": Phrase(
        "experts answered {n} more questions of this split that are not in the set, for no answer "
        "to them was accepted; they had {right} of those right, so their rate here is too high",
        "这一划分中另有 {n} 题专家答过，但因没有被采纳的答案而不在评测集中；"
        "其中专家答对 {right} 题，因此这里的专家正确率偏高",
    ),
    "cli.headroom.simulated": Phrase(
        "experts or keys are simulated: do not quote this for people",
        "专家或标准答案是模拟的：请勿当作真人数据引用",
    ),
    "cli.headroom.interval": Phrase(
        "Intervals are 95% over questions; few pilot questions make wide ones. What is chosen by "
        "these questions must be judged on others.",
        "区间为按题计的 95% 区间；试答题少，区间就宽。按这些题作出的选择，须用别的题来评判。",
    ),
}
