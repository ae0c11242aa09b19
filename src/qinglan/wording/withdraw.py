"""What a withdrawal tells its lead, and what it refuses."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "withdrawn.samples": Phrase("samples", "素材"),
    "withdrawn.tasks": Phrase("tasks", "题目"),
    "withdrawn.answer_keys": Phrase("keys", "标准答案"),
    "withdrawn.annotations": Phrase("answers", "答案"),
    "withdrawn.annotators": Phrase("annotators", "标注者"),
    "withdrawn.verdicts": Phrase("verdicts that rested on it", "以其为依据的裁定"),
    "withdrawn.pictures": Phrase("pictures", "图片"),
    "withdrawn.checks": Phrase("checks", "核验结果"),
    "withdraw.would": Phrase("withdrawing {name} would erase:", "撤回 {name} 将清除："),
    "withdraw.done": Phrase("withdrawn {name}; erased:", "已撤回 {name}，清除了："),
    "withdraw.before": Phrase(
        "{name} was withdrawn before, at {time}", "{name} 此前已于 {time} 撤回"
    ),
    "withdraw.finished": Phrase(
        "{count} withdrawals that had been cut off are finished now",
        "此前中断的 {count} 次撤回现已完成",
    ),
    "withdraw.shared": Phrase(
        "{count} samples stay, because tasks of other projects use them; withdraw the source "
        "there, too",
        "有 {count} 条素材因其他项目的题目仍在使用而保留；请在那些项目中也撤回该来源",
    ),
    "withdraw.release": Phrase(
        "release {release} holds it in {rows} rows; it is signed and stays as it is: retire it, "
        "and tell whoever has a copy",
        "发布 {release} 有 {rows} 行含有该内容；发布已签名，不作改动：请停用它，并通知持有副本者",
    ),
    "withdraw.unseen": Phrase(
        "not looked into, because their folders are not here: {releases}",
        "以下发布的文件夹不在此处，未能查看：{releases}",
    ),
    "withdraw.models": Phrase(
        "models that learned from these releases and cannot unlearn it: {ids}; they are marked, "
        "and no longer trained on, asked as teachers or vouched for: train anew on a release built "
        "since",
        "用这些发布训练过、无法遗忘该内容的模型：{ids}；它们已被标记，不再用于继续训练、不再充当教师，"
        "也不再为其签名：请用此后构建的发布重新训练",
    ),
    "withdraw.reports": Phrase(
        "reports that keep their figures, without the answers that may quote it: {ids}",
        "以下评测报告保留数字，去掉可能引用该内容的回答：{ids}",
    ),
    "withdraw.files": Phrase(
        "files in the workspace that show the project, and go: {files}",
        "工作区中展示该项目内容的文件，一并删除：{files}",
    ),
    "withdraw.elsewhere": Phrase(
        "{file} was written from this project and may show it; delete it",
        "{file} 由该项目写出，可能含有该内容；请将其删除",
    ),
    "withdraw.backups": Phrase(
        "backups in {folder} made before this hold it, until you delete them; a restore does not "
        "bring it back",
        "{folder} 中此前的备份仍含有该内容，直至你将其删除；恢复备份不会让它重现",
    ),
    "withdraw.unreached": Phrase(
        "{folder} could not be told; when you restore from there, give erasures.jsonl with "
        "--erasures",
        "未能通知 {folder}；从那里恢复时，请用 --erasures 给出 erasures.jsonl",
    ),
    "withdraw.log_kept": Phrase(
        "PostgreSQL's write-ahead log, its archives and its replicas are the server's own, and "
        "hold it until they are recycled: ask whoever runs the server",
        "PostgreSQL 的预写日志、日志归档与副本由服务器自行管理，在回收之前仍含有该内容："
        "请联系服务器管理者",
    ),
    "withdraw.medium": Phrase(
        "what the disk itself, its snapshots, and backups made by other means keep is beyond "
        "qinglan",
        "磁盘本身、磁盘快照以及以其他方式做的备份会留下什么，非青蓝所能及",
    ),
    "withdraw.judge": Phrase(
        "tasks that lost an answer await a new verdict; run: qinglan judge {project}",
        "失去答案的题目有待重新裁定；请运行 qinglan judge {project}",
    ),
    "withdraw.yes": Phrase(
        "nothing was changed; to do it, add --yes", "尚未作任何改动；要执行，请加 --yes"
    ),
    "error.flow.annotator_or_source": Phrase(
        "say what to withdraw: either --annotator NAME or --source NAME",
        "请说明撤回什么：--annotator 名称 或 --source 名称，二者择一",
    ),
    "error.flow.nothing_of_annotator": Phrase(
        "project {project} has no annotator {name}; give the name or the id that the report shows",
        "项目 {project} 中没有标注者 {name}；请使用报告中的名称或编号",
    ),
    "error.flow.nothing_of_source": Phrase(
        "project {project} has nothing from a source {name}; give the name it was imported under",
        "项目 {project} 中没有来自 {name} 的内容；请使用导入时的来源名称",
    ),
    "error.flow.withdrawn_source": Phrase(
        "source {source} was withdrawn from this project at {time} and does not come back; if it "
        "is permitted anew, import it under another --source",
        "来源 {source} 已于 {time} 从本项目撤回，不再导入；若已重新获得许可，"
        "请换一个 --source 名称导入",
    ),
    "error.flow.fallen": Phrase(
        "project {project} has verdicts that fell with withdrawn content; run: qinglan judge "
        "{project}",
        "项目 {project} 有裁定随内容撤回而失效；请运行 qinglan judge {project}",
    ),
    "error.flow.release_withdrawn": Phrase(
        "{folder}: it holds content that was withdrawn since; delete the folder if it is there, "
        "then judge and build again",
        "{folder}：其中含有此后撤回的内容；若文件夹仍在请删除，然后重新裁定并构建",
    ),
    "error.flow.release_stale": Phrase(
        "release {release} holds content that was withdrawn since; build a new release and use "
        "that one",
        "发布 {release} 含有此后撤回的内容；请构建新的发布并改用它",
    ),
    "error.flow.model_stale": Phrase(
        "{folder}: run {run} trained this model on content that was withdrawn since; train anew on "
        "a release built since, and use that model",
        "{folder}：训练 {run} 所用的内容此后已被撤回；请用此后构建的发布重新训练，改用新模型",
    ),
    "error.flow.withdrawn_meanwhile": Phrase(
        "something was withdrawn meanwhile, so the result was thrown away; run it again",
        "其间有内容被撤回，所得结果已丢弃；请重新运行",
    ),
    "error.flow.withdrawal_unfinished": Phrase(
        "a withdrawal was cut off, and something of it may be left; run it again: qinglan "
        "withdraw … --yes",
        "有一次撤回被中断，可能尚有残留；请再次运行 qinglan withdraw … --yes",
    ),
    "error.flow.withdrawal_not_in_journal": Phrase(
        "{file} lacks withdrawals that the database knows, so a restore could bring them back; "
        "take the file from a copy beside the backups",
        "{file} 缺少数据库所知的撤回记录，恢复备份可能令其重现；请从备份旁的副本取回该文件",
    ),
    "error.storage.withdrawn": Phrase(
        "{id} of table {table} was withdrawn and does not come back; if it is permitted anew, "
        "bring it in under another name",
        "数据表 {table} 中的 {id} 已撤回，不再存入；若已重新获得许可，请换一个名称",
    ),
    "error.storage.not_scrubbed": Phrase(
        "erased, but traces may be left in the database's files ({detail}); close what uses the "
        "workspace, then run it again",
        "已清除，但数据库文件中可能尚有残留（{detail}）；请关闭正在使用该工作区的程序后再次运行",
    ),
    "error.backups.journal_broken": Phrase(
        "{file}: the journal of erasures does not hold at line {line}: it was altered; take a "
        "copy from beside the backups",
        "{file}：清除日志在第 {line} 行对不上，曾被改动；请改用备份旁的副本",
    ),
    "error.backups.journal_another_workspace": Phrase(
        "{file}: line {line} of this journal of erasures is another workspace's; give this "
        "workspace's own",
        "{file}：清除日志第 {line} 行属于另一个工作区；请给出本工作区自己的日志",
    ),
    "error.backups.journal_newer": Phrase(
        "{file}: the journal of erasures was written by a newer version; install a newer qinglan",
        "{file}：清除日志由更新的版本写成；请升级 qinglan",
    ),
    "error.backups.journals_disagree": Phrase(
        "two journals of erasures of this workspace disagree, so one of them was altered; give "
        "the right one with --erasures and move the other away",
        "该工作区的两份清除日志互相矛盾，其中一份曾被改动；请用 --erasures 给出正确的一份，"
        "并移走另一份",
    ),
    "error.releases.row_unreadable": Phrase(
        "{folder}: line {line} of its provenance is not as a release writes it; get the release "
        "again from its signer",
        "{folder}：其来源记录第 {line} 行不符合发布的写法；请向签名方重新获取该发布",
    ),
    "cli.withdraw": Phrase(
        "Erase an annotator's or a source's content for good.", "永久清除某标注者或某来源的内容。"
    ),
    "cli.withdraw.annotator": Phrase("Annotator's name or id.", "标注者的名称或编号。"),
    "cli.withdraw.source": Phrase("Source, as it was imported.", "导入时的来源名称。"),
    "cli.withdraw.yes": Phrase("Do it (without this, only look).", "真正执行（不加则只查看）。"),
    "cli.restore.erasures": Phrase(
        "The workspace's erasures.jsonl, if newer than the one beside the backup.",
        "工作区的 erasures.jsonl，若比备份旁的更新。",
    ),
    "cli.restore.replayed": Phrase(
        "withdrawals done again: {replayed}; the last one known was made at {newest}",
        "重新执行的撤回：{replayed} 次；已知最近一次撤回在 {newest}",
    ),
    "cli.restore.left_out": Phrase(
        "release {release} stays in the backup: it holds what was withdrawn since",
        "发布 {release} 含有此后撤回的内容，未予恢复，仍在备份中",
    ),
    "cli.status.withdrawn": Phrase("withdrawn: {what}", "已撤回：{what}"),
    "cli.doctor.withdrawals": Phrase("withdrawals", "撤回"),
}
