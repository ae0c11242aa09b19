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
}
