"""What training says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.training.missing_part": Phrase(
        "training needs {part}, which is not installed: pip install 'qinglan[train]'",
        "训练需要 {part}，但尚未安装：请运行 pip install 'qinglan[train]'",
    ),
    "error.training.no_run": Phrase(
        "{folder}: no finished run here; give the folder that holds run.json",
        "{folder}：这里没有已完成的训练；请给出含有 run.json 的文件夹",
    ),
    "error.training.other_weights": Phrase(
        "{folder}: its weights are not those that run {run} made; restore them, or take run.json "
        "away if the model is another",
        "{folder}：其中的权重并非训练 {run} 所得；请恢复原权重，若是另一个模型请移走 run.json",
    ),
    "error.training.recipe_unreadable": Phrase(
        "{file}: not a recipe ({why}); write one field a line, such as steps = 400",
        "{file}：不是有效的配方（{why}）；请每行写一项，例如 steps = 400",
    ),
    "error.training.recipe_field": Phrase(
        "{file}: field {field}: {why}; correct or remove it",
        "{file}：字段 {field}：{why}；请修正或删除",
    ),
    "error.training.bad_recipe": Phrase(
        "recipe: {field}: {why}; give another value", "配方：{field}：{why}；请换一个值"
    ),
    "error.training.no_steps": Phrase(
        "with batch_tokens the number of steps must be given: add --steps",
        "设定 batch_tokens 时必须给出步数：请加上 --steps",
    ),
    "error.training.not_imitable": Phrase(
        "answers of kind {kind} cannot be imitated; supervised fine-tuning learns from: {kinds}; "
        "choose a release of one of these",
        "{kind} 类答案无法用于监督微调；可用的题型：{kinds}；请选用这些题型的发布",
    ),
    "error.training.empty_split": Phrase(
        "the release has no rows to train on: build one with a larger training split",
        "该发布没有可供训练的行：请构建训练划分更大的发布",
    ),
    "error.training.other_purpose": Phrase(
        "release {release}: the permit is for {permit}, not for training; ask the gate for "
        "training",
        "发布 {release}：许可的用途是 {permit}，不是训练；请就训练用途重新申请许可",
    ),
    "error.training.no_weights": Phrase(
        "{folder} holds no model: it needs config.json and *.safetensors; "
        "save one there with save_pretrained",
        "{folder} 里没有模型：需要 config.json 和 *.safetensors，请先用 save_pretrained 存入",
    ),
    "error.training.empty_example": Phrase(
        "example {number} has an empty prompt or completion: fill it or leave it out",
        "第 {number} 条样例的提示或答案为空：请补全或去掉",
    ),
    "error.training.no_end_mark": Phrase(
        "the tokenizer has no end mark, so a model could never stop: set its eos_token",
        "分词器没有结束符，模型将不知何时停下：请设置 eos_token",
    ),
    "error.training.no_examples": Phrase(
        "none of the examples fits the model's window of {window} tokens: "
        "shorten them or take a model with a longer window",
        "没有一条样例放得进模型 {window} 个词元的窗口：请缩短样例或换用窗口更长的模型",
    ),
    "error.training.too_many_parts": Phrase(
        "a step cannot be worked off in {parts} parts, for one has {fewest} examples: "
        "lower accumulate or enlarge the steps",
        "一步无法分成 {parts} 份计算：有一步只有 {fewest} 条样例；请调小 accumulate 或增大每步的量",
    ),
    "error.training.diverged": Phrase(
        "the loss is no longer a number at step {step}: lower the learning rate and train again",
        "第 {step} 步的损失已不是数值：请调低学习率后重新训练",
    ),
    "error.training.other_run": Phrase(
        "{folder} holds a run with another recipe, data or start: choose another folder",
        "{folder} 里是另一次训练（配方、数据或起点不同）：请另选文件夹",
    ),
    "error.training.not_empty": Phrase(
        "{folder} holds files that are not a run's: choose an empty folder",
        "{folder} 里有与训练无关的文件：请另选空文件夹",
    ),
    "error.training.busy": Phrase(
        "another process is training in {folder}: wait for it or choose another folder",
        "另一个进程正在 {folder} 里训练：请等它结束或另选文件夹",
    ),
}
