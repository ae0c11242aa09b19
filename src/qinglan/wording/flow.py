"""What the verbs refuse, and the remedy."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "flow.report.heading": Phrase("Data report: {project}", "数据报告：{project}"),
    "flow.report.alpha.nominal": Phrase(
        "Krippendorff's alpha, nominal, over the answers as read",
        "Krippendorff α（名义尺度），按解析后的答案计算",
    ),
    "flow.report.alpha.ordinal": Phrase(
        "Krippendorff's alpha, ordinal, over the scores, criterion by criterion",
        "Krippendorff α（顺序尺度），逐项准则按分数计算",
    ),
    "flow.report.alpha.interval": Phrase(
        "Krippendorff's alpha, interval, over the numbers",
        "Krippendorff α（等距尺度），按数值计算",
    ),
    "flow.report.week": Phrase("week of {which}", "{which} 当周"),
    "flow.report.version": Phrase("guideline version {which}", "标注指南第 {which} 版"),
    "flow.report.no_tier": Phrase("no tier", "无级别"),
    "flow.report.tier_size": Phrase("annotators: {annotators}", "人数：{annotators}"),
    "flow.report.all_annotators": Phrase("all annotators", "全部标注者"),
    "flow.report.intervals": Phrase(
        "95 % over tasks: bootstrap for the majority and agreement, Wilson for the verdicts",
        "按题目计算的 95% 区间：多数票与一致性用自助法，裁定用 Wilson 法",
    ),
    "flow.report.unit.rows": Phrase("rows", "行"),
    "flow.report.unit.replies": Phrase("replies", "条回复"),
    "flow.report.unit.tasks": Phrase("tasks", "题"),
    "flow.report.majority": Phrase("majority vote", "多数票"),
    "flow.report.consensus": Phrase("consensus, every task", "共识（全部题目）"),
    "flow.report.verdicts": Phrase("accepted verdicts only", "仅通过的裁定"),
    "doctor.history": Phrase(
        "{project}: {entries} entries hold, {releases} releases vouch for them",
        "{project}：{entries} 条历史完好，有 {releases} 个发布可作印证",
    ),
    "doctor.history_gone": Phrase(
        "{project}: release {release} was made of this project, which is gone from the database; "
        "restore it from a backup",
        "{project}：发布 {release} 出自该项目，而数据库中已没有该项目；请从备份恢复",
    ),
    "error.flow.no_statement": Phrase(
        "{folder}: no model with a signed statement is here; name the folder of a model that "
        "qinglan train made",
        "{folder}：此处没有附带签名声明的模型；请指定由 qinglan train 训练出的模型文件夹",
    ),
    "error.flow.model_symlink": Phrase(
        "{file}: a symbolic link has no place in a model's folder; put the file itself there",
        "{file}：模型文件夹中不得有符号链接；请放入文件本身",
    ),
    "error.flow.file_exists": Phrase(
        "{file}: the file is there already and is not overwritten; choose another name",
        "{file}：文件已存在，不予覆盖；请换一个名称",
    ),
    "error.flow.cannot_write_file": Phrase(
        "{file}: cannot write here ({why}); choose another place",
        "{file}：无法写入（{why}）；请换一个位置",
    ),
    "error.flow.backup_inside": Phrase(
        "{folder}: this folder is itself part of every backup; choose one outside",
        "{folder}：该文件夹本身就是备份的内容；请另选一个",
    ),
    "error.flow.not_empty": Phrase(
        "{folder}: something is here already, and nothing is overwritten; choose a new folder",
        "{folder}：这里已有内容，不予覆盖；请换一个新文件夹",
    ),
    "error.flow.restored_inside": Phrase(
        "a backup of a workspace on SQLite is restored into its folder; leave out --database, and "
        "unset QINGLAN_DATABASE",
        "使用 SQLite 的工作区，备份只恢复到文件夹之内；请去掉 --database，并取消 QINGLAN_DATABASE",
    ),
    "error.flow.restored_elsewhere": Phrase(
        "a backup of a workspace on PostgreSQL is restored into an empty PostgreSQL database; "
        "name it with --database",
        "使用 PostgreSQL 的工作区，其备份须恢复到空的 PostgreSQL 数据库；请用 --database 指定",
    ),
    "error.flow.two_databases": Phrase(
        "QINGLAN_DATABASE and --database name two databases; unset one of them",
        "QINGLAN_DATABASE 与 --database 指向不同的数据库；请只保留一个",
    ),
    "error.flow.no_workspace": Phrase(
        "{folder}: no workspace here; make one with: qinglan init {folder}",
        "{folder}：这里没有工作区；可用 qinglan init {folder} 新建",
    ),
    "error.flow.settings_unreadable": Phrase(
        "{file}: the settings cannot be read ({why}); correct the file",
        "{file}：无法读取设置（{why}）；请修正该文件",
    ),
    "error.flow.setting_bad": Phrase(
        "{file}: setting {field}: {why}; correct or remove it",
        "{file}：设置项 {field}：{why}；请修正或删除",
    ),
    "error.flow.other_database": Phrase(
        "{folder}: this workspace is on another database; open it without --database",
        "{folder}：该工作区已使用另一个数据库；请去掉 --database 再打开",
    ),
    "error.flow.cannot_write": Phrase(
        "{folder}: cannot write here ({why}); choose another folder",
        "{folder}：无法写入（{why}）；请换一个文件夹",
    ),
    "error.flow.no_project": Phrase(
        "no project {name}; projects here: {known}",
        "没有项目 {name}；现有项目：{known}",
    ),
    "error.flow.other_kind": Phrase(
        "project {name} is of kind {kind}, not {asked}; choose another project name",
        "项目 {name} 的题型是 {kind}，不是 {asked}；请换一个项目名",
    ),
    "error.flow.lost_process": Phrase(
        "the process that reads the file has ended before its time; see that there is memory left, "
        "and import again: it goes on where it stopped",
        "读取文件的进程意外结束；请检查内存是否够用，然后重新导入，会从中断处继续",
    ),
    "error.flow.bad_name": Phrase(
        "{name!r}: a name is 1–63 of a–z, 0–9, dot, dash, underscore, and begins with a letter "
        "or digit",
        "{name!r}：名称须为 1–63 个字符，只含 a–z、0–9、点、连字符、下划线，且以字母或数字开头",
    ),
    "error.flow.bad_terms": Phrase(
        "the stated origin cannot be used ({why}); check --source, --channel, --licence, --part",
        "所填来源无法使用（{why}）；请检查 --source、--channel、--licence、--part",
    ),
    "error.flow.bad_threshold": Phrase(
        "threshold {threshold}: give a number above 0, at most 1",
        "门槛 {threshold} 无效：请给出大于 0、不超过 1 的数",
    ),
    "error.flow.not_allowed": Phrase(
        "{actor} ({role}) may not do {verb}; ask the workspace's owner",
        "{actor}（{role}）无权执行 {verb}；请联系工作区所有者",
    ),
    "error.flow.nothing_accepted": Phrase(
        "project {project} has no accepted verdict; run: qinglan judge {project}",
        "项目 {project} 还没有通过的裁定；请先运行 qinglan judge {project}",
    ),
    "error.flow.cannot_write_report": Phrase(
        "{file}: cannot write the report ({why}); choose another place with --out",
        "{file}：无法写入报告（{why}）；请用 --out 换一个位置",
    ),
    "error.flow.bad_column": Phrase(
        "mapping {pair!r}: write answer@NAME=COLUMN, each name once",
        "映射 {pair!r} 无效：请写成 answer@标注者=字段，每个标注者一次",
    ),
    "error.flow.not_judged": Phrase(
        "project {project} has tasks without a verdict; run: qinglan judge {project}",
        "项目 {project} 还有未裁定的题目；请先运行 qinglan judge {project}",
    ),
    "error.flow.which_release": Phrase(
        "{name}: give one release made here, as PROJECT/RELEASE; there are: {known}",
        "{name}：请以 项目/发布 的形式给出本工作区的一个发布；现有：{known}",
    ),
    "error.flow.release_gone": Phrase(
        "release {release}: its folder {folder} is gone; put it back from a copy, or build it "
        "again under another name",
        "发布 {release} 的文件夹 {folder} 不见了；请从副本恢复，或换名重新构建",
    ),
    "error.flow.release_broken": Phrase(
        "{folder}: not what this workspace signed ({failures}); put the release back from a copy",
        "{folder}：与本工作区签名的内容不符（{failures}）；请从副本恢复该发布",
    ),
    "error.flow.release_swapped": Phrase(
        "{folder}: holds another release than the {release} recorded here; put that one back",
        "{folder}：其中的发布并非本工作区记录的 {release}；请放回原来的发布",
    ),
    "error.flow.held_out": Phrase(
        "release {release} was made for evaluation: a model trained on it could not be judged "
        "by it; build one with --purpose training",
        "发布 {release} 用于评测：拿它训练的模型就无法再用它评判；请用 --purpose training 另行构建",
    ),
    "error.flow.half_judged": Phrase(
        "project {project} is judged in part only: a judging was cut off, or is under way; run: "
        "qinglan judge {project}",
        "项目 {project} 只裁定了一部分：上次裁定被中断或尚在进行；请运行 qinglan judge {project}",
    ),
    "error.flow.no_report": Phrase(
        "{id}: no such report here; the latest are: {known}",
        "{id}：这里没有该评测报告；最近的有：{known}",
    ),
    "error.flow.report_gone": Phrase(
        "{file}: the report's file is gone; put it back from a copy",
        "{file}：评测报告文件不见了；请从副本恢复",
    ),
    "error.flow.report_changed": Phrase(
        "{file}: not the report that was filed; put it back from a copy",
        "{file}：与当初归档的评测报告不符；请从副本恢复",
    ),
    "error.flow.no_channel": Phrase(
        "for the model {model} behind a server the gate needs a channel: give --channel own, "
        "weights or api",
        "对服务上的模型 {model}，准入需要知道渠道：请用 --channel 给出 own、weights 或 api",
    ),
    "error.flow.no_annotator": Phrase(
        "no annotator {name} in the set's project; there are: {known}",
        "该评测集所属项目里没有标注者 {name}；现有：{known}",
    ),
    "error.flow.no_experts": Phrase(
        "no expert's answer to the {split} split was checked; import some into {project} and run: "
        "qinglan verify {project}",
        "{split} 划分上没有核验过的专家答案；请导入项目 {project} 后运行 qinglan verify {project}",
    ),
    "error.flow.no_verifier": Phrase(
        "nothing here checks answers of kind {kind} (verifier asked for: {verifier}); choose "
        "another verifier or a release of another kind",
        "没有能核验 {kind} 类答案的核验器（指定的是 {verifier}）；请换核验器或其他题型的发布",
    ),
    "error.flow.no_items": Phrase(
        "release {release} has no rows in its {split} split; name another with --split, or build "
        "a release with one",
        "发布 {release} 的 {split} 划分里没有行；请用 --split 另选，或构建含该划分的发布",
    ),
    "error.flow.other_set": Phrase(
        "report {id} is on another set ({split} split of {release}): score both models on the "
        "same one",
        "报告 {id} 用的是另一个评测集（{release} 的 {split} 划分）：请在同一评测集上给两个模型打分",
    ),
    "error.flow.trained_on_it": Phrase(
        "the model learned {shared} of the {all} questions from release {release}: what it would "
        "score says nothing; take a held-out set that it never saw",
        "该模型从发布 {release} 学过 {all} 题中的 {shared} 题，得分没有意义；请换没见过的留出集",
    ),
    "error.flow.other_permit": Phrase(
        "{folder}: the permit beside run {run} is not the gate's leave to train on its release; "
        "train it with: qinglan train",
        "{folder}：训练 {run} 旁的许可并非准入对其发布给出的训练许可；请用 qinglan train 训练",
    ),
    "error.flow.no_release": Phrase(
        "run {run} names release {release}, which was not made in this workspace; open the "
        "workspace that made it",
        "训练 {run} 所用的发布 {release} 不是本工作区生成的；请打开生成它的工作区",
    ),
    "error.flow.other_root": Phrase(
        "run {run} names release {release} by another root hash; its data is not what the "
        "release holds, so train it again",
        "训练 {run} 记录的发布 {release} 内容根不一致，其数据与发布不符；请重新训练",
    ),
    "error.flow.no_record": Phrase(
        "{id}: no such record here; take an id from a release's data or from --json output",
        "{id}：这里没有此记录；请从发布的数据或 --json 输出中取编号",
    ),
    "error.flow.bad_time": Phrase(
        "{text!r} is not a time; write it as 2026-01-31T12:00:00+00:00",
        "{text!r} 不是有效的时间；请写成 2026-01-31T12:00:00+00:00 的形式",
    ),
    "error.flow.two_keys": Phrase(
        "a key from a variable and one from a file: give one of them",
        "同时给出了环境变量密钥和文件密钥：请只给一个",
    ),
    "error.flow.no_key_variable": Phrase(
        "the variable {variable} holds no key: set it, or give a key file",
        "环境变量 {variable} 里没有密钥：请先设置，或改用密钥文件",
    ),
    "error.flow.key_file_unreadable": Phrase(
        "{file}: the key cannot be read ({why}); give a text file that holds the key alone",
        "{file}：无法读取密钥（{why}）；请给出只含密钥的文本文件",
    ),
    "error.flow.key_file_open": Phrase(
        "{file}: others may read this key; run: chmod 600 {file}",
        "{file}：其他用户可以读取该密钥；请运行 chmod 600 {file}",
    ),
    "error.flow.key_file_empty": Phrase(
        "{file}: no key in it; write the key into it",
        "{file}：文件里没有密钥；请写入密钥",
    ),
    "error.flow.original_terms": Phrase(
        "project {project} is of kind {kind}: tasks of kind edit, and no others, need the terms of "
        "the answers that are to be edited; give --original-channel and what goes with it",
        "项目 {project} 的题型为 {kind}：只有 edit 类题目需要（且必须）说明待修改回答的来源；"
        "请用 --original-channel 等选项给出",
    ),
    "error.flow.not_prm800k": Phrase(
        "project {project}: PRM800K holds rated alternatives, and these answers are of kind "
        "{kind}; export them in qinglan's own format",
        "项目 {project}：PRM800K 格式只用于多候选步骤评判，而这里的作答属于 {kind}；"
        "请用青蓝自己的格式导出",
    ),
    "error.flow.people_only": Phrase(
        "project {project}: work of kind {kind} is not put to models; seat people at its desk",
        "项目 {project}：{kind} 类任务不交给模型；请安排人员标注",
    ),
    "error.flow.no_model_channel": Phrase(
        "channel {channel} is none of a model that can be asked; give weights, api, own or "
        "simulated",
        "渠道 {channel} 不是可提问的模型；请给出 weights、api、own 或 simulated",
    ),
    "error.flow.bad_model_name": Phrase(
        "the model's name or revision is empty or too long; give at most 100 and 90 characters",
        "模型名或版本为空或过长；请分别控制在 100 和 90 个字符以内",
    ),
    "error.flow.endpoint_or_folder": Phrase(
        "give the model's endpoint or its folder, one of the two",
        "请给出模型的服务地址或文件夹，二者选一",
    ),
    "error.flow.samples_alike": Phrase(
        "at temperature 0 all samples of a task are the same; raise the temperature, or ask for "
        "one sample",
        "温度为 0 时同一道题的各次采样都相同；请调高温度，或只采样一次",
    ),
}
