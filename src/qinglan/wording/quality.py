"""What the quality room says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.quality.shape": Phrase(
        "{what} must be a one-dimensional array of integers as long as the labels ({expected}),"
        " not of shape {shape} and type {type}; number the names from 0 first",
        "{what}必须是与标注等长（{expected}）的一维整数数组，现为形状 {shape}、类型 {type}；"
        "请先把名称从 0 开始编号",
    ),
    "error.quality.code": Phrase(
        "{what}: code {code} at position {position} is outside 0..{last};"
        " number the names from 0 or state the right count",
        "{what}：第 {position} 位的编号 {code} 超出 0..{last}；请从 0 开始编号，或给出正确的总数",
    ),
    "error.quality.length": Phrase(
        "{what} has {length} entries for {expected} answers; give one for each answer",
        "{what}有 {length} 项，而答案有 {expected} 条；请逐条对应",
    ),
    "error.quality.not_a_number": Phrase(
        "labels: position {position} is not a finite number; leave missing labels out",
        "标注：第 {position} 位不是有限的数；缺失的标注请直接略去",
    ),
    "error.quality.uneven": Phrase(
        "Fleiss' kappa needs the same number of labels on every task, two or more; here they range"
        " from {low} to {high}; use Krippendorff's alpha",
        "Fleiss κ 要求每个任务的标注数相同且不少于两条，现为 {low} 至 {high} 条；"
        "请改用 Krippendorff α",
    ),
    "error.quality.no_labels": Phrase(
        "there is not one label to judge by; give at least one",
        "没有任何标注可供判断；请至少提供一条",
    ),
    "error.quality.too_many_classes": Phrase(
        "{classes} classes × {annotators} annotators need {size} numbers for {method}, more than"
        " the limit of {limit}; use one-coin or majority, or treat the answers as open",
        "{method} 对 {classes} 个类别 × {annotators} 名标注者需要 {size} 个参数，超过上限 {limit}；"
        "请改用 one-coin 或 majority，或按开放式答案处理",
    ),
    "error.quality.too_many_cells": Phrase(
        "{tasks} tasks × {classes} classes give {size} posteriors, more than the limit of {limit};"
        " treat the answers as open, or judge in parts",
        "{tasks} 个任务 × {classes} 个类别将产生 {size} 个后验概率，超过上限 {limit}；"
        "请按开放式答案处理，或分批评判",
    ),
    "error.quality.unknown_method": Phrase(
        "there is no consensus method {method!r}; choose one of {methods}",
        "没有名为 {method!r} 的共识方法；请从 {methods} 中选择",
    ),
}
