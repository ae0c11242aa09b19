"""Importing in the browser, what to do about rows that are set aside, and jobs."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tab.import": Phrase("Import", "导入"),
    "web.import.send": Phrase("Send a file", "上传文件"),
    "web.import.holds": Phrase("It holds", "文件内容"),
    "web.import.holds.tasks": Phrase("tasks", "题目"),
    "web.import.holds.answers": Phrase("answers to tasks that are here", "对已有题目的作答"),
    "web.import.file": Phrase("File", "文件"),
    "web.import.file_hint": Phrase(
        "{endings}, at most {most} MiB. Nothing is taken in before you have looked at it.",
        "{endings}，最大 {most} MiB。预览确认之前不会导入任何内容。",
    ),
    "web.import.look": Phrase("Look at it", "上传并预览"),
    "web.import.before": Phrase("Imports so far", "以往的导入"),
    "web.import.all_aside": Phrase("All that was ever set aside", "历次搁置的全部行"),
    "web.import.read": Phrase("rows read", "读取行数"),
    "web.import.new": Phrase("new tasks", "新题目"),
    "web.import.new_answers": Phrase("new answers", "新作答"),
    "web.import.set_aside": Phrase("set aside", "搁置"),
    "web.import.again": Phrase(
        "This very file was imported before with this mapping; nothing was taken in twice.",
        "同一文件以相同映射导入过；没有重复导入。",
    ),
    "web.import.why": Phrase("Why", "原因"),
    "web.import.rows": Phrase("Rows", "行数"),
    "web.import.remedy": Phrase("What to do", "处理办法"),
    "web.import.aside_file": Phrase("Rows set aside", "搁置的行"),
    "web.import.bytes": Phrase("{n:,} bytes", "{n:,} 字节"),
    "web.import.line": Phrase("Line", "行号"),
    "web.import.field": Phrase("Field", "字段"),
    "web.import.no_rows": Phrase("No row of it can be read.", "没有可读取的行。"),
    "web.import.mapping": Phrase("Which field is what", "字段对应"),
    "web.import.needed": Phrase("(needed)", "（必填）"),
    "web.import.not_mapped": Phrase("— none —", "— 无 —"),
    "web.import.path": Phrase("or a path", "或填写路径"),
    "web.import.path_hint": Phrase(
        "A path goes into nested fields: meta.level, choices.0; key|after:#### takes what follows "
        "the last mark; options may be several, with commas between.",
        "路径可深入嵌套字段：meta.level、choices.0；key|after:#### 取最后一个标记之后的内容；"
        "选项可填多个，用英文逗号分隔。",
    ),
    "web.import.target.prompt": Phrase("Task", "题目"),
    "web.import.target.options": Phrase("Options", "选项"),
    "web.import.target.left": Phrase("First response", "第一个回答"),
    "web.import.target.right": Phrase("Second response", "第二个回答"),
    "web.import.target.steps": Phrase("Steps", "步骤"),
    "web.import.target.messages": Phrase("Turns of a conversation", "对话轮次"),
    "web.import.target.system": Phrase("System prompt", "系统提示"),
    "web.import.target.original": Phrase("Answer to be edited", "待修改的回答"),
    "web.import.original_terms": Phrase(
        "Where the answers to be edited came from", "待修改的回答来自何处"
    ),
    "web.import.target.id": Phrase("Id", "编号"),
    "web.import.target.key": Phrase("Key", "标准答案"),
    "web.import.target.skill": Phrase("Skill", "技能"),
    "web.import.target.image": Phrase("Picture above the question", "问题上方的图片"),
    "web.import.target.language": Phrase("Language it asks for", "所需语言"),
    "web.import.target.tier": Phrase("Tier it asks for", "所需级别"),
    "web.import.target.group": Phrase("Group", "分组"),
    "web.import.target.task": Phrase("Id of the task", "题目编号"),
    "web.import.target.annotator": Phrase("Annotator", "标注者"),
    "web.import.target.answer": Phrase("Answer", "作答"),
    "web.import.target.final": Phrase("Final answer", "最终答案"),
    "web.import.target.option": Phrase("Chosen option", "所选选项"),
    "web.import.target.winner": Phrase("Better one", "较优者"),
    "web.import.target.because": Phrase("Why", "理由"),
    "web.import.target.marks": Phrase("Marks of the steps", "步骤标注"),
    "web.import.target.continuation": Phrase("Right continuation", "正确续写"),
    "web.import.target.finish": Phrase("How it ended", "结束方式"),
    "web.import.target.edited": Phrase("Edited answer", "修改后的回答"),
    "web.import.target.critique": Phrase("Critique", "评语"),
    "web.import.target.value": Phrase("Number", "数值"),
    "web.import.target.scores": Phrase("Scores", "评分"),
    "web.import.target.order": Phrase("Order", "排序"),
    "web.import.target.spans": Phrase("Spans", "标记"),
    "web.import.target.question": Phrase("Question", "试题"),
    "web.import.target.rubric": Phrase("Rubric", "评分细则"),
    "web.import.target.difficulty": Phrase("Difficulty", "难度"),
    "web.import.target.sources": Phrase("Sources", "资料来源"),
    "web.import.target.text": Phrase("Text", "文本"),
    "web.import.target.items": Phrase("Items to rank", "待排序项"),
    "web.import.target.criteria": Phrase("Criteria", "评分标准"),
    "web.import.target.labels": Phrase("Labels", "标签"),
    "web.import.target.unit": Phrase("Unit", "单位"),
    "web.import.target.low": Phrase("Least", "最小值"),
    "web.import.target.high": Phrase("Most", "最大值"),
    "web.import.target.within": Phrase("How near is right", "容许误差"),
    "web.import.which_task": Phrase("Which task each answers", "对应的题目"),
    "web.import.tasks_from": Phrase("Data set whose ids these are", "编号所属的数据集"),
    "web.import.tasks_from_hint": Phrase(
        "An id belongs to the data set it came with; left empty, the one whose ids fit best is "
        "taken. Without an id a row answers the task on the same line.",
        "编号属于题目导入时的数据集；留空则取编号最相符的一个。没有编号时，每行对应同一行号的题目。",
    ),
    "web.import.who_answered": Phrase("Who answered, and what", "标注者与作答"),
    "web.import.by_rows": Phrase(
        "one answer a row; a field says whose", "每行一条作答，由字段注明标注者"
    ),
    "web.import.by_columns": Phrase("a column for each annotator", "每名标注者一列"),
    "web.import.columns": Phrase("Whose each column is", "各列所属的标注者"),
    "web.import.no_annotator": Phrase("nobody’s", "不属于任何人"),
    "web.import.type": Phrase("Who they are", "作答者类型"),
    "web.import.type.person": Phrase("people", "真人"),
    "web.import.type.model": Phrase("a model", "模型"),
    "web.import.type.program": Phrase("a program", "程序"),
    "web.import.declared": Phrase(
        "Your word that they agreed to what may be done with their answers",
        "声明作答者已同意其作答的使用方式",
    ),
    "web.import.declared_hint": Phrase(
        "Where the project asks people to agree, a release needs it: say when and to what they "
        "agreed.",
        "若项目要求成员同意权利声明，发布时需要此声明：请写明何时同意了什么。",
    ),
    "web.import.answers_all": Phrase(
        "Of its {rows:,} answers {good:,} would be kept and {aside:,} set aside.",
        "共 {rows:,} 条作答，其中 {good:,} 条将保留，{aside:,} 条搁置。",
    ),
    "web.import.answers_first": Phrase(
        "Of its first {rows:,} answers {good:,} would be kept and {aside:,} set aside; the rest "
        "was not looked at yet.",
        "前 {rows:,} 条作答中，{good:,} 条将保留，{aside:,} 条搁置；其余尚未检查。",
    ),
    "web.import.unread": Phrase(
        "In {n:,} of them nothing can be read that would be counted.",
        "其中 {n:,} 条读不出可计票的答案。",
    ),
    "web.import.counted": Phrase("Counted as", "计为"),
    "web.import.terms": Phrase("Where it came from", "来源"),
    "web.import.source": Phrase("Name of the data set", "数据集名称"),
    "web.import.channel": Phrase("How it reached you", "来源渠道"),
    "web.import.licence": Phrase("Licence", "许可证"),
    "web.import.family": Phrase("Model family, where a model wrote it", "模型系列（若由模型生成）"),
    "web.import.part": Phrase("Split of a published set", "公开数据集的划分"),
    "web.import.terms_hint": Phrase(
        "The gate judges by this whether a release may hold the material; what is not said is "
        "refused there.",
        "生成发布时据此判断能否使用这些材料；未说明的会被拒绝。",
    ),
    "web.channel.own": Phrase("we wrote it", "自有"),
    "web.channel.published": Phrase("a published data set", "公开数据集"),
    "web.channel.weights": Phrase("a model that we run", "自行运行的模型"),
    "web.channel.api": Phrase("a vendor's API", "厂商接口"),
    "web.channel.person": Phrase("people", "真人"),
    "web.channel.simulated": Phrase("simulated", "模拟"),
    "web.split.train": Phrase("training", "训练"),
    "web.split.dev": Phrase("development", "开发"),
    "web.split.test": Phrase("test", "测试"),
    "web.import.take": Phrase("Import", "导入"),
    "web.import.look_again": Phrase("Look again", "重新预览"),
    "web.import.drop": Phrase("Throw the file away", "放弃此文件"),
    "web.import.would": Phrase("What an import would do", "导入结果预览"),
    "web.import.would_all": Phrase(
        "Of its {rows:,} rows {good:,} become tasks and {aside:,} are set aside.",
        "共 {rows:,} 行，其中 {good:,} 行成为题目，{aside:,} 行搁置。",
    ),
    "web.import.would_first": Phrase(
        "Of its first {rows:,} rows {good:,} become tasks and {aside:,} are set aside; the rest "
        "was not looked at yet.",
        "前 {rows:,} 行中，{good:,} 行成为题目，{aside:,} 行搁置；其余尚未检查。",
    ),
    "web.job.none": Phrase("None yet.", "暂无。"),
    "web.job.verb.import": Phrase("Import", "导入"),
    "web.job.state.running": Phrase("under way", "进行中"),
    "web.job.state.done": Phrase("done", "已完成"),
    "web.job.state.failed": Phrase("not done", "未完成"),
    "web.job.state.cut_off": Phrase("cut off", "已中断"),
    "web.job.so_far": Phrase("{n:,} so far.", "已处理 {n:,} 条。"),
    "web.job.leave": Phrase(
        "You may leave this page; it goes on, and is listed here.",
        "可以离开此页；任务会继续，结果列在这里。",
    ),
    "web.job.cut_off": Phrase(
        "The server stopped in the middle. Begin it again: it goes on where it was, and does "
        "nothing twice.",
        "服务器中途停止。请重新开始：会从中断处继续，不会重复。",
    ),
    "flow.job_failed": Phrase(
        "something failed here, and the server's log says what; begin it again",
        "服务器出错，原因已记入日志；请重新开始",
    ),
    "remedy.bad_json": Phrase(
        "mend the line: one JSON object a line", "修正该行：每行一个 JSON 对象"
    ),
    "remedy.bad_encoding": Phrase("save the file as UTF-8", "将文件另存为 UTF-8"),
    "remedy.bad_value": Phrase(
        "mend the value of that field, or map another field", "修正该字段的值，或改用其他字段"
    ),
    "remedy.missing_field": Phrase("fill the field, or map another", "补全该字段，或改用其他字段"),
    "remedy.duplicate_key": Phrase("keep one of the two fields", "两个同名字段只保留一个"),
    "remedy.duplicate_row": Phrase(
        "nothing, if it is the same task; else give it an id of its own",
        "若是同一题则无需处理；否则请给它单独的编号",
    ),
    "remedy.too_deep": Phrase("store it less deeply nested", "减少嵌套层数"),
    "remedy.too_large": Phrase("split it, or shorten it", "拆分或缩短"),
    "remedy.misaligned": Phrase(
        "mend the places or the words; places count Unicode characters from 0, not UTF-16 units or "
        "bytes",
        "修正位置或文字；位置按 Unicode 字符从 0 计数，而非 UTF-16 单元或字节",
    ),
    "remedy.unknown_tier": Phrase("name the tier in the project first", "请先在项目中设置该级别"),
    "remedy.unknown_task": Phrase("import the task first", "请先导入对应题目"),
    "remedy.withdrawn": Phrase("leave it out: it was withdrawn", "不要再导入：内容已撤回"),
    "remedy.other": Phrase("look at the row and mend it", "查看该行并修正"),
    "error.flow.job_running": Phrase(
        "{actor} began this for {project} a moment ago; wait until it is done",
        "{actor} 刚刚已为 {project} 开始此操作；请等待完成",
    ),
    "error.flow.no_job": Phrase(
        "{project} has no job {id}; go on from the project's page",
        "{project} 没有任务 {id}；请从项目页继续",
    ),
    "error.flow.no_arrival": Phrase(
        "that file is not here any more; send it again", "该文件已不在；请重新上传"
    ),
    "error.web.no_file": Phrase("choose a file, then send it", "请先选择文件再上传"),
}
