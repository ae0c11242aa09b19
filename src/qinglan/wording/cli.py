"""What the command line says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.about": Phrase(
        "qinglan (青蓝): the post-training data supply chain.",
        "青蓝：后训练数据的供应链。",
    ),
    "cli.panel.arguments": Phrase("Arguments", "参数"),
    "cli.panel.options": Phrase("Options", "选项"),
    "cli.panel.commands": Phrase("Commands", "命令"),
    "cli.option.help": Phrase("Show this help.", "显示本帮助。"),
    "cli.usage": Phrase(
        "{reason} (see the command's --help)", "命令用法有误：{reason}（请查看该命令的 --help）"
    ),
    "cli.option.workspace": Phrase("Workspace folder.", "工作区文件夹。"),
    "cli.option.lang": Phrase("Language: en or zh.", "语言：en 或 zh。"),
    "cli.option.json": Phrase("Print machine-readable JSON.", "输出机器可读的 JSON。"),
    "cli.option.version": Phrase("Print the version.", "显示版本。"),
    "cli.init": Phrase(
        "Make a workspace: settings, keys, database.", "新建工作区：设置、密钥、数据库。"
    ),
    "cli.init.folder": Phrase("Where to make it.", "在哪里新建。"),
    "cli.init.database": Phrase(
        "Database URL (default: SQLite inside).", "数据库地址（默认用内置 SQLite）。"
    ),
    "cli.init.done": Phrase("workspace ready: {folder}", "工作区已就绪：{folder}"),
    "cli.init.key": Phrase("signing key {key}", "签名密钥 {key}"),
    "cli.doctor": Phrase("Check the machine and the workspace.", "检查本机与工作区。"),
    "cli.doctor.python": Phrase("Python", "Python"),
    "cli.doctor.settings": Phrase("settings", "设置"),
    "cli.doctor.keys": Phrase("keys", "密钥"),
    "cli.doctor.database": Phrase("database", "数据库"),
    "cli.doctor.history": Phrase("history", "历史链"),
    "cli.doctor.counts": Phrase("counts", "计数"),
    "cli.doctor.records": Phrase("records", "记录"),
    "cli.doctor.writing": Phrase("writing", "写入"),
    "doctor.read_only": Phrase(
        "the workspace may only be read: looking works, and nothing else does",
        "工作区只可读取：可以查看，不能做其他操作",
    ),
    "cli.doctor.disk": Phrase("free disk", "可用磁盘"),
    "cli.doctor.sandbox": Phrase("sandbox", "沙箱"),
    "cli.import": Phrase("Bring in tasks or answers from files.", "从文件导入题目或答案。"),
    "cli.import.tasks": Phrase(
        "Import tasks, their keys kept apart.", "导入题目，标准答案另行保管。"
    ),
    "cli.import.answers": Phrase("Import annotators' answers.", "导入标注者的答案。"),
    "cli.import.file": Phrase("JSONL, CSV or Parquet file.", "JSONL、CSV 或 Parquet 文件。"),
    "cli.import.project": Phrase("Project; made if new.", "项目名；不存在则新建。"),
    "cli.import.kind": Phrase("Kind of work.", "题型。"),
    "cli.import.images": Phrase(
        "folder that paths of pictures in the file are taken from (default: the file's own)",
        "文件中图片路径所相对的目录（默认：文件所在目录）",
    ),
    "cli.import.map": Phrase(
        "Field mapping TARGET=FIELD, e.g. prompt=question; repeatable.",
        "字段映射 目标=字段，例如 prompt=question；可重复。",
    ),
    "cli.import.source": Phrase(
        "Name of the data set (default: file stem).", "数据集名称（默认取文件名）。"
    ),
    "cli.import.channel": Phrase("How it reached you.", "取得渠道。"),
    "cli.import.licence": Phrase("SPDX licence of the material.", "材料的 SPDX 许可证。"),
    "cli.import.original_channel": Phrase(
        "For kind edit: how the answers that are to be edited reached us.",
        "用于 edit 题型：待修改的回答如何得来。",
    ),
    "cli.import.family": Phrase(
        "Model family that wrote it, if a model did.", "若由模型生成，填模型系列。"
    ),
    "cli.import.part": Phrase(
        "Split of the published set: train, dev, test.",
        "公开数据集的划分：train、dev、test。",
    ),
    "cli.import.type": Phrase(
        "Who answered: person, model or program.", "作答者：person、model 或 program。"
    ),
    "cli.import.tasks_from": Phrase(
        "Data set whose ids the file uses (default: its own).",
        "文件中编号所属的数据集（默认为自身）。",
    ),
    "cli.import.done": Phrase(
        "{file}: read {read}, new {new}, set aside {set_aside}",
        "{file}：读入 {read}，新增 {new}，搁置 {set_aside}",
    ),
    "cli.import.again": Phrase(
        "{file}: imported before, nothing to do", "{file}：此前已导入，无需重复"
    ),
    "cli.verify": Phrase("Check answers against their keys.", "对照标准答案核验。"),
    "cli.verify.project": Phrase("Project.", "项目名。"),
    "cli.verify.done": Phrase(
        "checked {checked}: verified {verified}, refuted {refuted}, undecided {undecided}",
        "核验 {checked} 条：正确 {verified}，错误 {refuted}，未决 {undecided}",
    ),
    "cli.judge": Phrase("Conclude a verdict on each task.", "对每道题作出裁定。"),
    "cli.judge.threshold": Phrase(
        "Least posterior for a verdict by votes.", "仅凭投票裁定所需的最低后验概率。"
    ),
    "cli.judge.keys": Phrase("Let keys decide before votes do.", "先以标准答案裁定，再看投票。"),
    "cli.judge.done": Phrase(
        "{tasks} tasks: accepted {accepted}, set aside {aside} ({method})",
        "{tasks} 道题：通过 {accepted}，搁置 {aside}（{method}）",
    ),
    "cli.judge.flagged": Phrase(
        "answers to gold have fallen off, people flagged: {n} (see People and flags)",
        "金标题作答质量下滑，已标记 {n} 人（见“人员与标记”）",
    ),
    "cli.release": Phrase("Build, check and show releases.", "构建、校验、查看发布。"),
    "cli.release.build": Phrase(
        "Freeze accepted verdicts into a signed release.", "把通过的裁定固化为签名发布。"
    ),
    "cli.release.name": Phrase("Name of the release.", "发布名称。"),
    "cli.release.purpose": Phrase("Use it is built for.", "发布的用途。"),
    "cli.release.built": Phrase(
        "Build time to record (default: now); the same time gives the same bytes.",
        "记录的构建时间（默认为现在）；时间相同则字节相同。",
    ),
    "cli.release.dev": Phrase(
        "Share of the dev split, in thousandths of task groups (default: 100; for evaluation 0).",
        "开发集占题组的千分比（默认 100；用于评测时为 0）。",
    ),
    "cli.release.test": Phrase(
        "Share of the test split, in thousandths of task groups (default: 100; for evaluation "
        "1000).",
        "测试集占题组的千分比（默认 100；用于评测时为 1000）。",
    ),
    "cli.release.done": Phrase(
        "release {name}: {rows} rows, root {root}", "发布 {name}：{rows} 行，内容根 {root}"
    ),
    "cli.release.verify": Phrase(
        "Check a release; needs no workspace and no network.", "校验发布；无需工作区与网络。"
    ),
    "cli.release.show": Phrase("Show what a release holds.", "查看发布内容。"),
    "cli.release.folder": Phrase("Release folder.", "发布文件夹。"),
    "cli.release.key": Phrase("Public key you trust.", "你信任的公钥文件。"),
    "cli.release.history": Phrase(
        "The project's exported history, to hold against the release.",
        "导出的项目历史，用于与发布对照。",
    ),
    "cli.export": Phrase(
        "Write every task with its answers to a JSONL file, without keys or people's names.",
        "将全部题目及作答写入 JSONL 文件，不含标准答案与人名。",
    ),
    "cli.export.file": Phrase("File to write.", "要写入的文件。"),
    "cli.export.format": Phrase(
        "What a line is: a task with its answers, or one answer in PRM800K's nested record.",
        "每行的内容：一道题目及其作答，或一份 PRM800K 嵌套格式的作答。",
    ),
    "cli.export.done": Phrase(
        "{file}: {tasks} tasks with {answers} answers",
        "{file}：{tasks} 道题目，{answers} 份作答",
    ),
    "cli.backup": Phrase(
        "Back the workspace up, keys included, while it is in use.",
        "备份工作区（含密钥），备份期间可照常使用。",
    ),
    "cli.backup.place": Phrase("Folder to put the backup in.", "存放备份的文件夹。"),
    "cli.backup.done": Phrase(
        "{folder}: {files} files; it holds the workspace's keys and secrets, so keep it as safe "
        "as the workspace; a database's password is not in it",
        "{folder}：共 {files} 个文件；其中含有工作区的密钥与密值，请像保管工作区一样保管；"
        "不含数据库密码",
    ),
    "cli.backup.not_noted": Phrase(
        "the workspace cannot be written, so it does not remember {place}: after a later "
        "withdrawal, give a restore from there erasures.jsonl with --erasures",
        "工作区无法写入，因此没有记下 {place}：此后若有撤回，从那里恢复时请用 --erasures 给出 "
        "erasures.jsonl",
    ),
    "cli.restore": Phrase("Restore a backup into a new folder.", "把备份恢复到新文件夹。"),
    "cli.restore.backup": Phrase("Folder of the backup.", "备份所在的文件夹。"),
    "cli.restore.folder": Phrase(
        "Folder to make; must not hold anything.", "要新建的文件夹，须为空。"
    ),
    "cli.restore.database": Phrase(
        "Empty PostgreSQL database (default: the one the workspace had).",
        "空的 PostgreSQL 数据库（默认为工作区原来的数据库）。",
    ),
    "cli.restore.key": Phrase(
        "The workspace's public key, from elsewhere than the backup.",
        "工作区的公钥，须来自备份以外的地方。",
    ),
    "cli.restore.done": Phrase(
        "{folder}: restored {files} files of the backup made {made}",
        "{folder}：已恢复 {made} 的备份，共 {files} 个文件",
    ),
    "cli.restore.signer_unknown": Phrase(
        "the backup is whole; who made it is known only with --key",
        "备份完整无缺；要确认由谁制作，请给出 --key",
    ),
    "cli.upgrade": Phrase(
        "Bring the database to this version's schema, after a backup.",
        "先备份，再把数据库升级到当前版本的结构。",
    ),
    "cli.upgrade.place": Phrase(
        "Folder for the backup (default: backups in the workspace).",
        "存放备份的文件夹（默认为工作区内的 backups）。",
    ),
    "cli.upgrade.done": Phrase(
        "schema {old} is now {new}; backup: {backup}",
        "结构版本 {old} 已升级为 {new}；备份：{backup}",
    ),
    "cli.upgrade.nothing": Phrase(
        "the database has schema {new} already, nothing to do", "数据库已是结构版本 {new}，无需升级"
    ),
    "cli.history": Phrase("A project's hash-chained history.", "项目的历史链。"),
    "cli.history.export": Phrase(
        "Write a project's history to a file, for an auditor.",
        "把项目历史导出为文件，供审计方核对。",
    ),
    "cli.history.file": Phrase("New JSON Lines file.", "新建的 JSON Lines 文件。"),
    "cli.history.done": Phrase("{file}: {entries} entries", "{file}：共 {entries} 条"),
    "cli.trace": Phrase("Walk a record back to its sources.", "追溯一条记录的来源。"),
    "cli.trace.id": Phrase("Id of a record.", "记录编号。"),
    "cli.status": Phrase("What is where on the line.", "查看产线各环节数量。"),
    "cli.status.recount": Phrase(
        "Make the counts anew from the tables first.", "先按数据表重新计数。"
    ),
    "cli.status.empty": Phrase(
        "no project yet; begin with: qinglan import tasks FILE --project NAME",
        "还没有项目；可从 qinglan import tasks 文件 --project 名称 开始",
    ),
    "cli.status.stage": Phrase("stage", "环节"),
    "cli.status.count": Phrase("count", "数量"),
    "cli.status.samples": Phrase("samples", "素材"),
    "cli.status.tasks": Phrase("tasks", "题目"),
    "cli.status.keys": Phrase("keys", "标准答案"),
    "cli.status.annotators": Phrase("annotators", "标注者"),
    "cli.status.annotations": Phrase("annotations", "答案"),
    "cli.status.verified": Phrase("verified", "核验正确"),
    "cli.status.refuted": Phrase("refuted", "核验错误"),
    "cli.status.undecided": Phrase("undecided", "未决"),
    "cli.status.accepted": Phrase("verdicts accepted", "裁定通过"),
    "cli.status.set_aside": Phrase("set aside at {stage}: {reason}", "搁置（{stage}）：{reason}"),
    "cli.status.waiting": Phrase("tasks not yet judged", "尚未裁定的题目"),
    "cli.status.releases": Phrase("releases", "发布"),
    "cli.status.balance": Phrase(
        "tasks {tasks} = accepted {accepted} + set aside {aside} + not yet judged {waiting}",
        "题目 {tasks} = 通过 {accepted} + 搁置 {aside} + 未裁定 {waiting}",
    ),
    "cli.report": Phrase("Write report.html for a project.", "生成项目的 report.html。"),
    "cli.report.out": Phrase("File to write.", "输出文件。"),
    "cli.report.done": Phrase("report: {file}", "报告：{file}"),
    "cli.tables.labels": Phrase(
        "CSV with columns item|task, worker|annotator, label.",
        "CSV 文件，列为 item|task、worker|annotator、label。",
    ),
    "cli.tables.seed": Phrase("Seed of the methods that draw.", "随机方法的种子。"),
    "cli.tables.duplicates": Phrase(
        "A second label by the same annotator on a task: refuse, or the last counts.",
        "同一标注者对同一题重复标注时：refuse 报错，last 以最后一次为准。",
    ),
    "cli.consensus": Phrase(
        "Consensus over a table of labels; no workspace needed.",
        "对标注表求共识；无需工作区。",
    ),
    "cli.consensus.kind": Phrase(
        "What labels are: one of a few classes, a number, or a rubric's score (a column criterion"
        " may stand beside it).",
        "标注的性质：class 为若干类别之一，number 为数值，rubric 为评分（可另有 criterion 列）。",
    ),
    "cli.consensus.error": Phrase("mean absolute error {value}", "平均绝对误差 {value}"),
    "cli.consensus.mean_error": Phrase(
        "that of the plain mean {value}", "直接取平均的误差 {value}"
    ),
    "cli.consensus.bias": Phrase(
        "annotators: labels, bias, deviation", "标注者：标注数、偏差、离散度"
    ),
    "cli.consensus.severity": Phrase(
        "raters: scores, severity in standard deviations of quality (positive: strict)",
        "评分者：评分数、严格程度（以质量的标准差计，正值为偏严）",
    ),
    "cli.consensus.difficulty": Phrase("difficulty of criteria", "各评分项的难度"),
    "cli.consensus.method": Phrase("auto, or the name of a method.", "auto 或某种方法的名称。"),
    "cli.consensus.truth": Phrase(
        "CSV of known answers to score against.", "已知答案的 CSV，仅用于评分。"
    ),
    "cli.consensus.model": Phrase(
        "Table of a model's probabilities: task and one p_<label> a class.",
        "模型概率表：task 列，加每个类别一列 p_<标签>。",
    ),
    "cli.consensus.tiers": Phrase(
        "Table of annotators' tiers (annotator, tier): each tier's reliability is learned.",
        "标注者级别表（annotator、tier 两列）：各级别的可靠度由数据得出。",
    ),
    "cli.consensus.gold": Phrase(
        "CSV of known answers that auto may use: as evidence, to choose and to calibrate. Their"
        " tasks are not scored.",
        "可供 auto 使用的已知答案 CSV：作为证据、用于选择方法和校准概率。这些题不计入评分。",
    ),
    "cli.consensus.plot": Phrase(
        "Draw stated against true probabilities, with --truth: .svg.",
        "配合 --truth，画出所述概率与实际正确比例的对照图：.svg。",
    ),
    "cli.consensus.calibration": Phrase(
        "calibration error {error} ({chance} by chance alone)",
        "校准误差 {error}（仅因偶然为 {chance}）",
    ),
    "cli.consensus.by_tier": Phrase(
        "tiers: annotators, labels, share right", "级别：标注者数、标注数、正确的比例"
    ),
    "cli.consensus.no_tier": Phrase("(no tier)", "（无级别）"),
    "cli.consensus.out": Phrase(
        "Write one row a task: .csv or .parquet.", "每题一行写入文件：.csv 或 .parquet。"
    ),
    "cli.consensus.done": Phrase(
        "{method}: {tasks} tasks, {annotators} annotators, {labels} labels",
        "{method}：{tasks} 道题，{annotators} 位标注者，{labels} 条标注",
    ),
    "cli.consensus.accuracy": Phrase(
        "accuracy {value} % [{low}, {high}]", "正确率 {value}%［{low}，{high}］"
    ),
    "cli.consensus.majority_accuracy": Phrase(
        "majority {value} % [{low}, {high}]", "多数票 {value}%［{low}，{high}］"
    ),
    "cli.agreement": Phrase(
        "Krippendorff's alpha of a table of labels.", "标注表的 Krippendorff α。"
    ),
    "cli.agreement.level": Phrase("Scale of the labels.", "标注的尺度。"),
    "cli.agreement.by": Phrase(
        "Show each class against the rest, or each annotator against the others, least agreed"
        " first (nominal labels).",
        "列出每个类别相对其余类别，或每名标注者相对其他人的一致性，最低者在前（仅限 nominal）。",
    ),
    "cli.agreement.done": Phrase(
        "alpha ({level}) {alpha} [{low}, {high}] over {tasks} tasks",
        "α（{level}）{alpha}［{low}，{high}］，{tasks} 道题",
    ),
    "cli.agreement.none": Phrase(
        "nothing to compare: no task has two labels, or all labels are equal",
        "无从比较：没有题目有两条以上标注，或所有标注都相同",
    ),
    "cli.rank": Phrase(
        "Standings from pairwise votes or from rankings.", "由两两比较或多项排名得出总排名。"
    ),
    "cli.rank.votes": Phrase(
        "CSV with columns left,right,winner[,annotator], or ranking[,shown] (A > B > C).",
        "CSV 文件，列为 left、right、winner，可选 annotator；"
        "或为 ranking（A > B > C），可选 shown。",
    ),
    "cli.rank.judge": Phrase(
        "Compare this annotator's order with that of all others (intervals drawn by --seed).",
        "将这位标注者的排序与其余所有人的排序对比（区间的抽样由 --seed 决定）。",
    ),
    "cli.rank.kendall": Phrase(
        "Kendall's tau between the two orders {value}", "两个排序的 Kendall τ {value}"
    ),
    "cli.rank.spearman": Phrase(
        "Spearman's rho between the two orders {value}", "两个排序的 Spearman ρ {value}"
    ),
    "cli.rank.agreement": Phrase(
        "votes that agree with the others', over {pairs} shared pairs {value}",
        "在 {pairs} 个共有比较上与他人投票一致的比例 {value}",
    ),
    "cli.rank.agreement_among_others": Phrase(
        "the others among themselves, on the same pairs {value}",
        "其余各人在同样比较上彼此一致的比例 {value}",
    ),
    "cli.rank.orders": Phrase(
        "items: rank by the others, rank by the judge", "条目：其余各人的名次、该标注者的名次"
    ),
    "cli.rank.left": Phrase("left side's advantage {value}", "左侧优势 {value}"),
    "cli.rank.annotators": Phrase(
        "annotators: votes, discrimination (mean 1; 0 guesses, below 0 votes the wrong way round),"
        " left side's advantage",
        "标注者：票数、区分度（平均为 1；0 为乱猜，负值为反向投票）、左侧优势",
    ),
    "cli.model": Phrase("Models: check what they were made of.", "模型：核对其由来。"),
    "cli.model.verify": Phrase(
        "Check a model against its signed statement; needs no workspace.",
        "按签名声明核对模型；不需要工作区。",
    ),
    "cli.model.folder": Phrase("Folder of the model.", "模型文件夹。"),
    "cli.model.ok": Phrase(
        "run {run}: all {files} files are as signed", "训练 {run}：{files} 个文件均与签名一致"
    ),
    "cli.model.release": Phrase(
        "trained on release {name}, root {root}", "所用发布：{name}，根哈希 {root}"
    ),
    "cli.demo": Phrase(
        "Run the whole journey on generated questions.", "用生成的题目走完整个流程。"
    ),
    "cli.demo.folder": Phrase("Workspace for the demo.", "演示用的工作区。"),
    "cli.demo.data_only": Phrase(
        "Stop at the signed release; train nothing.", "到签名发布为止，不做训练。"
    ),
    "cli.demo.seeds": Phrase(
        "How many seeds: repeats the training half from --seed on, and shows the spread.",
        "种子个数：从 --seed 起重复训练部分，并给出跨种子的散布。",
    ),
    "cli.demo.seed": Phrase("Seed of everything random.", "所有随机量的种子。"),
    "cli.stopped": Phrase(
        "stopped; what was finished is kept, run the same command to go on",
        "已停止；已完成的部分都已保存，再次运行同一命令即可继续",
    ),
    "stage.import": Phrase("import", "导入"),
    "stage.verify": Phrase("verify", "核验"),
    "stage.judge": Phrase("judge", "裁定"),
    "stage.release": Phrase("release", "发布"),
    "stage.export": Phrase("export", "导出"),
}
