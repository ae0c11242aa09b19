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
        " the limit of {limit}; use majority, or treat the answers as open",
        "{method} 对 {classes} 个类别 × {annotators} 名标注者需要 {size} 个参数，超过上限 {limit}；"
        "请改用 majority，或按开放式答案处理",
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
    "error.quality.no_tiers": Phrase(
        "{method} knows no tiers; use --method auto or hierarchical, or leave --tiers out",
        "{method} 不使用级别；请用 --method auto 或 hierarchical，或去掉 --tiers",
    ),
    "error.quality.no_gold": Phrase(
        "{method} makes no use of gold; use --method auto, or leave --gold out",
        "{method} 不使用已知答案；请用 --method auto，或去掉 --gold",
    ),
    "error.quality.plot_format": Phrase(
        "{file}: the plot is written as .svg; choose this extension",
        "{file}：图只能写为 .svg；请选用该扩展名",
    ),
    "error.quality.plot_truth": Phrase(
        "a plot of stated against true needs known answers; give them with --truth, on tasks that"
        " have labels and are not among --gold",
        "对照图需要已知答案；请用 --truth 给出，且这些题须有标注、不在 --gold 之中",
    ),
    "error.quality.judge_apart": Phrase(
        "the judge and the others compared only {items} items in common, of at least {least} that"
        " an order needs; have both compare the same items",
        "该标注者与其余各人共同比较过的条目只有 {items} 个，排序对比至少需要 {least} 个；"
        "请让双方比较相同的条目",
    ),
    "error.quality.no_judge": Phrase(
        "{file} must have votes of {judge!r} and of others to compare the two; check the name",
        "{file} 中须既有 {judge!r} 的投票，也有其他人的投票，方可对比；请检查名称",
    ),
    "error.quality.unknown_level": Phrase(
        "there is no level of measurement {level!r}; choose one of {levels}",
        "没有名为 {level!r} 的测量尺度；请从 {levels} 中选择",
    ),
    "error.quality.no_rows": Phrase(
        "{file} has a header but no rows; give at least one",
        "{file} 只有表头而没有数据行；请至少提供一行",
    ),
    "error.quality.no_column": Phrase(
        "{file} has no column {column} (it has: {found}); name the column so in the first line",
        "{file} 缺少列 {column}（现有：{found}）；请在首行写明该列名",
    ),
    "error.quality.two_columns": Phrase(
        "{file} has more than one of the columns {column} (it has: {found}); keep one of them",
        "{file} 同时含有 {column} 中的多列（现有：{found}）；请只保留一列",
    ),
    "error.quality.row_bad_encoding": Phrase(
        "{file}, line {line}: the bytes are not valid UTF-8; save the file as UTF-8",
        "{file} 第 {line} 行：字节不是合法的 UTF-8；请将文件存为 UTF-8",
    ),
    "error.quality.row_bad_value": Phrase(
        "{file}, line {line}, field {field}: the value cannot be used; correct the row",
        "{file} 第 {line} 行，字段 {field}：取值无法使用；请修正该行",
    ),
    "error.quality.row_missing_field": Phrase(
        "{file}, line {line}, field {field}: the value is missing; fill it in, or leave the row"
        " out",
        "{file} 第 {line} 行，字段 {field}：缺少取值；请补全或删去该行",
    ),
    "error.quality.row_too_large": Phrase(
        "{file}, line {line}: the row is larger than the limit; shorten it",
        "{file} 第 {line} 行：超过大小上限；请缩短该行",
    ),
    "error.quality.repeated": Phrase(
        "{file}, line {line}: {what} was already given in line {first}; remove one of the two, or"
        " let the last one win",
        "{file} 第 {line} 行：{what} 已在第 {first} 行出现；请删去其一，或选择以最后一条为准",
    ),
    "error.quality.not_one": Phrase(
        "{file}, line {line}: the probabilities sum to {total}, not to 1; correct the row",
        "{file} 第 {line} 行：各概率之和为 {total}，应为 1；请修正该行",
    ),
    "error.quality.row_bad_ranking": Phrase(
        "{file}, line {line}, field ranking: names an item twice, fewer than two, or one that was"
        " not shown; write the best first: A > B > C",
        "{file} 第 {line} 行，字段 ranking：重复列出某项、不足两项，或列出了未展示的项；"
        "请按从优到劣书写：A > B > C",
    ),
    "error.quality.bad_levels": Phrase(
        "{file}: a rubric has 2 to {limit} different scores, this file has {levels}; treat them as"
        " numbers, or recode",
        "{file}：评分应有 2 至 {limit} 个不同的分值，此文件有 {levels} 个；"
        "请按数值处理，或重新编码",
    ),
    "error.quality.not_for_kind": Phrase(
        "{option} has no meaning for {kind}; leave it out",
        "{option} 不适用于 {kind}；请去掉该选项",
    ),
    "error.quality.bad_ranking": Phrase(
        "ranking {position} names an item twice, or one that was not shown; correct the ranking",
        "第 {position} 个排名重复列出了某项，或列出了未展示的项；请修正该排名",
    ),
    "error.quality.self_vote": Phrase(
        "{file}, line {line}: {left} is compared with itself ({right}, winner {winner}); remove"
        " the row",
        "{file} 第 {line} 行：{left} 与自身（{right}）比较，胜者为 {winner}；请删去该行",
    ),
    "error.quality.no_winner": Phrase(
        "{file}, line {line}: the winner {winner!r} is neither left, right or tie nor one of"
        " {left} and {right}; correct it",
        "{file} 第 {line} 行：胜者 {winner!r} 既不是 left、right、tie，也不是 {left} 或 {right}；"
        "请更正",
    ),
    "error.quality.not_numeric": Phrase(
        "{file}, line {line}, field {field}: {label!r} is not a number, as ordinal and interval"
        " agreement, numbers and rubrics need; correct it, or treat labels as classes",
        "{file} 第 {line} 行，字段 {field}：{label!r} 不是数字；定序与定距一致性、数值和评分都要求"
        "数字，请更正，或把标注当作类别处理",
    ),
    "error.quality.out_format": Phrase(
        "{file}: results are written as .csv or .parquet; choose one of these extensions",
        "{file}：结果只能写为 .csv 或 .parquet；请选用其中一种扩展名",
    ),
    "error.quality.too_many_items": Phrase(
        "{items} items are more than the limit of {limit}; rank them in parts",
        "共 {items} 个条目，超过上限 {limit}；请分批排名",
    ),
    "error.quality.too_many_facets": Phrase(
        "{facets} raters and criteria are more than the limit of {limit}; fit them in parts",
        "评分者与评分项共 {facets} 个，超过上限 {limit}；请分批拟合",
    ),
    "error.quality.too_many_judges": Phrase(
        "{items} items × {annotators} annotators are more cells than the limit of {limit};"
        " rank without telling annotators apart",
        "{items} 个条目 × {annotators} 名标注者超过上限 {limit} 格；请改用不区分标注者的排名",
    ),
    "alarm.quality.alike": Phrase(
        "Too many items and annotators to tell annotators apart: every vote counts alike.",
        "条目与标注者过多，无法区分标注者：每张票同等计算。",
    ),
    "alarm.quality.unconnected": Phrase(
        "Not all items are linked by votes on both sides: parts of the orders are arbitrary.",
        "双方的投票并未把所有条目连成一片：排序中有一部分并无依据。",
    ),
    "alarm.quality.overruled": Phrase(
        "On the gold tasks one method is better than the blend beyond doubt; it was used alone.",
        "在金标任务上，单一方法明显优于混合结果，已改为单独使用该方法。",
    ),
    "alarm.quality.below_majority": Phrase(
        "On the gold tasks the model falls more than two points below majority; majority was used.",
        "在金标任务上，模型比多数表决低两个百分点以上，已改用多数表决。",
    ),
    "alarm.quality.collapsed": Phrase(
        "The model all but wiped out a class that majority sees often; majority was used.",
        "模型几乎抹去了多数表决中常见的一个类别，已改用多数表决。",
    ),
    "sign.quality.copies": Phrase(
        "{first} and {second} gave the same unlikely answer {shown:.1f} times on {tasks} shared"
        " tasks, where pairs like them do so {expected:.1f} times. A person should look; both may"
        " appeal.",
        "{first} 与 {second} 在 {tasks} 个共同任务上有 {shown:.1f} 次给出相同的不太可能的答案，"
        "而同类标注者通常为 {expected:.1f} 次。请由人复核，双方均可申诉。",
    ),
    "sign.quality.no_information": Phrase(
        "The labels of {first} on {tasks} tasks tell no more than their habits would by chance"
        " ({shown:.0%} right, {expected:.0%} by chance). A person should look; they may appeal.",
        "{first} 在 {tasks} 个任务上的标注不比其习惯性猜测提供更多信息"
        "（正确率 {shown:.0%}，随机为 {expected:.0%}）。请由人复核，本人可申诉。",
    ),
    "sign.quality.hurried": Phrase(
        "{first} takes {shown:.1f} s on a typical task, others {expected:.1f} s ({tasks} tasks). A"
        " person should look; they may appeal.",
        "{first} 完成典型任务用时 {shown:.1f} 秒，其他人为 {expected:.1f} 秒（{tasks} 个任务）。"
        "请由人复核，本人可申诉。",
    ),
    "sign.quality.stamps": Phrase(
        "{first} gives one answer in {shown:.0%} of {tasks} tasks, where others give it in"
        " {expected:.0%}. A person should look; they may appeal.",
        "{first} 在 {tasks} 个任务中有 {shown:.0%} 给出同一答案，其他人为 {expected:.0%}。"
        "请由人复核，本人可申诉。",
    ),
    "sign.quality.near_texts": Phrase(
        "{first} and {second} wrote nearly the same text {shown:.0f} times on {tasks} shared tasks,"
        " where {expected:.1f} would be usual. A person should look; both may appeal.",
        "{first} 与 {second} 在 {tasks} 个共同任务上有 {shown:.0f} 次文字近乎相同，"
        "通常为 {expected:.1f} 次。请由人复核，双方均可申诉。",
    ),
    "sign.quality.pasted": Phrase(
        "{first} pasted {shown:.0%} of {tasks} longer texts almost whole, others {expected:.0%}."
        " There are many reasons to paste; a person should look, and they may appeal.",
        "{first} 的 {tasks} 段较长文字中有 {shown:.0%} 几乎整段粘贴，其他人为 {expected:.0%}。"
        "粘贴可能有多种正当原因；请由人复核，本人可申诉。",
    ),
}
