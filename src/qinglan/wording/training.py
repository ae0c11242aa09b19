"""What training says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.training.missing_part": Phrase(
        "training needs {part}, which is not installed: pip install 'qinglan[train]'",
        "训练需要 {part}，但尚未安装：请运行 pip install 'qinglan[train]'",
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
