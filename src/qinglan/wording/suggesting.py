"""Phrases of suggestions: at the desk, on the lead's page, and why there can be none."""

from qinglan.wording import Phrase

PHRASES = {
    "web.suggested": Phrase(
        "Dashed is what the model {model} answered. Nothing of it counts until you choose it, "
        "one part at a time; to take the part in focus:",
        "虚线标出的是模型 {model} 的作答。未经你逐项选定，一概不算；采用当前一项按",
    ),
    "web.suggested_by": Phrase("suggested by {model}", "{model} 的建议"),
    "web.suggested_beside": Phrase(
        "What the model {model} answered. Yours is what you enter below.",
        "以下是模型 {model} 的作答，仅供参考；以你在下方填写的为准。",
    ),
    "web.before.suggested": Phrase(
        "Where a model's answer is shown beside a task: that you saw it, how many of its parts "
        "you took as they were, and after how many seconds.",
        "如果题目旁显示了模型的作答：你看到了它、原样采用了其中几项、每项用了多少秒。",
    ),
    "web.suggestions": Phrase("Suggestions by a model", "模型建议"),
    "web.suggestions.what": Phrase(
        "Annotators can see what a model answered, dashed, with its name; they confirm it part by "
        "part, and there is no way to take all at once. The model then has no vote of its own on "
        "these tasks, and what its terms ask goes with the answers into every release.",
        "可以让标注员看到某个模型的作答：以虚线标出并注明模型名，只能逐项确认，无法一次全部采用。"
        "这些题目上该模型不再单独计票；其使用条款的要求会随这些作答一并带入每次发布。",
    ),
    "web.suggestions.not_here": Phrase(
        "Not for this kind of work: people write it themselves. To have a model's text made right, "
        "use critique and edit.",
        "此类任务由人自己撰写，不提供建议。若要修改模型写的文本，请使用“批改”任务。",
    ),
    "web.suggestions.none": Phrase("Nothing is suggested.", "目前不显示建议。"),
    "web.suggestions.shown": Phrase(
        "The answers of {model} are shown; from {share} % of tasks they are kept back.",
        "正在显示 {model} 的作答；其中 {share}% 的题目不显示。",
    ),
    "web.suggestions.covered": Phrase(
        "It answered {answered} of {tasks} tasks.", "该模型已回答 {answered}／{tasks} 题。"
    ),
    "web.suggestions.gaps": Phrase(
        "Some tasks have no suggestion. Gold always has one, so its absence tells an annotator "
        "that a task is not gold: let the model answer the rest.",
        "有些题目没有建议。金标题必有建议，没有建议即可看出不是金标题：请让模型答完其余题目。",
    ),
    "web.suggestions.no_models": Phrase(
        "No model answered here yet: ask one with qinglan generate, or import its answers.",
        "尚无模型作答：请用 qinglan generate 请模型作答，或导入其作答。",
    ),
    "web.suggestions.model": Phrase("Model", "模型"),
    "web.suggestions.hidden": Phrase("Kept back from, % of tasks", "不显示的题目占比（%）"),
    "web.suggestions.hidden_hint": Phrase(
        "Drawn for each person and task. Without these nothing shows how far people are led.",
        "按人按题随机抽取。没有这一部分，就无从得知建议对人的影响有多大。",
    ),
    "web.suggestions.show": Phrase("Show its answers", "显示其作答"),
    "web.suggestions.stop": Phrase("Show none", "停止显示"),
    "web.suggestions.led": Phrase("How far people follow it", "人受建议影响的程度"),
    "web.suggestions.led_hint": Phrase(
        "How often answers agree with the model's, seen and kept back, with 95 % intervals. The "
        "difference is what seeing it does: better answers, or answers taken over. Agreement with "
        "keys tells which.",
        "作答与模型一致的比例：看到建议时、未看到时，附 95% 区间。两者之差即建议的影响：可能是答得"
        "更好，也可能只是照抄；是哪一种，要看与标准答案的一致程度。",
    ),
    "web.suggestions.nothing_yet": Phrase(
        "No answer yet since suggestions are shown.", "显示建议以来尚无作答。"
    ),
    "web.suggestions.all": Phrase("Everybody", "全体"),
    "web.suggestions.in_sight": Phrase("Agree, seen", "看到建议时一致"),
    "web.suggestions.kept_back": Phrase("Agree, kept back", "未看到时一致"),
    "web.suggestions.difference": Phrase("Difference, points", "差（百分点）"),
    "web.suggestions.taken": Phrase("Parts taken", "采用项数"),
    "web.suggestions.after": Phrase("After, on average", "平均用时"),
    "error.suggesting.hidden": Phrase(
        "the share that is kept back must lie between 0 and 999 in a thousand, not {hidden}",
        "不显示的比例须在千分之 0 到 999 之间，而不是 {hidden}",
    ),
    "error.suggesting.kind": Phrase(
        "work of kind {kind} in {project} has no suggestions: people write it themselves; for a "
        "model's text that is to be made right use kind edit",
        "{project} 的任务类型 {kind} 由人自己撰写，不能显示建议；要修改模型写的文本请用 edit 类型",
    ),
    "error.suggesting.no_model": Phrase(
        "no model {name} answered in {project}; ask one with qinglan generate, or import its "
        "answers with --type model",
        "{project} 中没有名为 {name} 的模型的作答；请用 qinglan generate 请模型作答，"
        "或用 --type model 导入其作答",
    ),
    "error.suggesting.gold": Phrase(
        "{without} of {gold} gold tasks have no answer of {model}, and could be told from others "
        "by that; let it answer them first",
        "{gold} 道金标题中有 {without} 道没有 {model} 的作答，会因此被认出；请先让它作答",
    ),
    "error.suggesting.gold_without": Phrase(
        "task {task} has no answer of the model whose suggestions are shown, and as gold could be "
        "told from others by that; let the model answer it first",
        "题目 {task} 没有正在显示建议的模型的作答，作为金标题会因此被认出；请先让该模型作答",
    ),
    "cli.suggest": Phrase(
        "Show a model's answers as suggestions at the desk, and how far people follow them.",
        "在标注页显示某个模型的建议，并查看人受其影响的程度。",
    ),
    "cli.suggest.by": Phrase(
        "Show the answers of this model from now on.", "从现在起显示这个模型的作答。"
    ),
    "cli.suggest.stop": Phrase("Show nobody's answers.", "停止显示。"),
    "cli.suggest.hidden": Phrase(
        "From how many tasks in a thousand they are kept back.", "每千题中不显示建议的题数。"
    ),
    "cli.suggest.line": Phrase(
        "{name}: agrees {shown} where seen, {hidden} where kept back; difference {difference}",
        "{name}：看到建议时一致 {shown}，未看到时 {hidden}；差 {difference}",
    ),
}
