"""What reading files says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.intake.no_file": Phrase(
        "{file}: there is no such file; check the name and the folder",
        "{file}：找不到该文件；请检查文件名和所在目录",
    ),
    "error.intake.unreadable": Phrase(
        "{file}: cannot be opened ({why}); check the path and its permissions",
        "{file}：无法打开（{why}）；请检查路径和读取权限",
    ),
    "error.intake.folder": Phrase(
        "{file}: is a folder; name one file in it",
        "{file}：这是一个目录；请指定其中的一个文件",
    ),
    "error.intake.not_regular": Phrase(
        "{file}: is not a regular file (a pipe or device); save its content as a file first",
        "{file}：不是普通文件（可能是管道或设备）；请先把内容另存为文件",
    ),
    "error.intake.outside": Phrase(
        "{file}: leads out of {folder}; put the file itself there instead of a link",
        "{file}：指向了 {folder} 之外；请把文件本身放进该目录，不要使用链接",
    ),
    "error.intake.empty": Phrase(
        "{file}: holds no rows; give a file with at least one",
        "{file}：没有任何数据行；请提供至少含一行数据的文件",
    ),
    "error.intake.file_too_large": Phrase(
        "{file}: {size} bytes is more than the limit of {limit}; split the file",
        "{file}：大小为 {size} 字节，超过上限 {limit} 字节；请拆分文件",
    ),
    "error.intake.too_many_rows": Phrase(
        "{file}: more than {limit} rows; split the file",
        "{file}：超过 {limit} 行；请拆分文件",
    ),
    "error.intake.too_many_columns": Phrase(
        "{file}: more than {limit} columns; keep only those you need",
        "{file}：超过 {limit} 列；请只保留需要的列",
    ),
    "error.intake.group_too_large": Phrase(
        "{file}: a row group unfolds to {size} bytes, more than the limit of {limit}; "
        "write the file again with smaller row groups",
        "{file}：有行组解压后达 {size} 字节，超过上限 {limit} 字节；请用更小的行组重新写出该文件",
    ),
    "error.intake.unknown_format": Phrase(
        "{file}: unknown format; rename it to .jsonl (one JSON object a line), .csv or .parquet, "
        "or convert it to one of them",
        "{file}：无法识别的格式；请改用 .jsonl（每行一个 JSON 对象）、.csv 或 .parquet",
    ),
    "error.intake.encoding": Phrase(
        "{file}: is not UTF-8; save it as UTF-8 (for a GBK file: iconv -f GBK -t UTF-8)",
        "{file}：不是 UTF-8 编码；请另存为 UTF-8（GBK 文件可用 iconv -f GBK -t UTF-8 转换）",
    ),
    "error.intake.bad_header": Phrase(
        "{file}, line 1: the header cannot be read; mend its quotes",
        "{file} 第 1 行：表头无法解析；请检查引号是否成对",
    ),
    "error.intake.unnamed_column": Phrase(
        "{file}, line 1: column {column} has no name; give it one",
        "{file} 第 1 行：第 {column} 列没有列名；请补上",
    ),
    "error.intake.repeated_column": Phrase(
        "{file}: column “{column}” is there twice; rename one of them",
        "{file}：列“{column}”出现两次；请改掉其中一个的列名",
    ),
    "error.intake.missing_column": Phrase(
        "{file}: column {column} is missing; the file has: {found}",
        "{file}：缺少列 {column}；文件中的列有：{found}",
    ),
    "error.intake.corrupt": Phrase(
        "{file}: is damaged or is not Parquet ({why}); write or download it again",
        "{file}：文件损坏或不是 Parquet 格式（{why}）；请重新生成或下载",
    ),
    "error.intake.no_field": Phrase(
        "field {field}: is missing or empty in this row; fill it in or map another field",
        "字段 {field}：该行缺失或为空；请补全，或改用其他字段",
    ),
    "error.intake.no_mark": Phrase(
        "field {field}: does not contain “{mark}”; mend the row or the mapping",
        "字段 {field}：其中没有“{mark}”；请修改该行或字段对应关系",
    ),
    "error.intake.no_language": Phrase(
        "field {field}: names no language; write a tag such as zh, en or pt-br",
        "字段 {field}：不是语言标签；请使用 zh、en、pt-br 之类的标签",
    ),
    "error.intake.not_text": Phrase(
        "field {field}: holds a list or an object, not a text; map one of its parts ({field}.0)",
        "字段 {field}：内容是列表或对象而不是文本；请改用其中的一项（如 {field}.0）",
    ),
    "error.intake.no_final": Phrase(
        "field {field}: states no single final answer; end it with a line such as “A: 18”",
        "字段 {field}：没有给出唯一的最终答案；请以“答：18”之类的一行结尾",
    ),
    "error.intake.bad_options": Phrase(
        "field {field}: needs at least two options, all different and none empty",
        "字段 {field}：至少需要两个选项，且不得重复或为空",
    ),
    "error.intake.bad_steps": Phrase(
        "field {field}: holds no steps; give a list of texts, or one text with a step a line",
        "字段 {field}：没有步骤；请给出文本列表，或每行一步的文本",
    ),
    "error.intake.bad_candidates": Phrase(
        "field {field}: holds no candidates; give a list with one text, a list of texts, or "
        "PRM800K's completions for each step",
        "字段 {field}：没有候选步骤；请给出列表，每步为一段文本、若干文本，"
        "或 PRM800K 的 completions",
    ),
    "error.intake.bad_turns": Phrase(
        "field {field}: holds no conversation; give a list of turns with role and content, a "
        "system turn first or none, then user and assistant by turns",
        "字段 {field}：不是对话；请给出含 role 与 content 的轮次列表，可以 system 开头，"
        "随后 user 与 assistant 轮流",
    ),
    "error.intake.no_prompt": Phrase(
        "field {field}: has no turn, and nothing else says what to write; map prompt",
        "字段 {field}：没有任何轮次，也没有其他内容说明要写什么；请用 prompt 指定",
    ),
    "error.intake.long_name": Phrase(
        "field {field}: the annotator's name is longer than 200 characters; shorten it",
        "字段 {field}：标注者名称超过 200 个字符；请缩短",
    ),
    "error.intake.mapping_pair": Phrase(
        "“{pair}” is no mapping; write it as prompt=question",
        "“{pair}”不是有效的字段对应；请写成 prompt=question 的形式",
    ),
    "error.intake.mapping_target": Phrase(
        "“{field}” cannot be mapped; choose from: {known}",
        "没有“{field}”这个目标字段；可选：{known}",
    ),
    "error.intake.mapping_twice": Phrase(
        "“{field}” is mapped twice; keep one", "“{field}”对应了两次；请只保留一个"
    ),
    "error.intake.mapping_empty": Phrase(
        "“{field}” is mapped to nothing; write {field}=COLUMN",
        "“{field}”没有对应任何列；请写成 {field}=列名",
    ),
    "error.intake.mapping_cut": Phrase(
        "“{field}”: unknown cut “{cut}”; write |after:MARK or |before:MARK",
        "“{field}”：无法识别的截取方式“{cut}”；请写成 |after:标记 或 |before:标记",
    ),
    "error.intake.mapping_needs": Phrase(
        "a file of kind {kind} needs a mapping for “{field}”; add {field}=COLUMN",
        "{kind} 类文件必须指定“{field}”对应的列；请加上 {field}=列名",
    ),
    "error.intake.mapping_annotator": Phrase(
        "nothing says who answered; map annotator=COLUMN or name one annotator for the file",
        "没有说明作答者；请指定 annotator=列名，或为整个文件指定一位标注者",
    ),
}
