"""What releases say: their refusals, their card, and what a check found."""

from qinglan.wording import Phrase

_AGAIN = "get the release again from its signer"
_AGAIN_ZH = "请向签名方重新获取该发布"

PHRASES: dict[str, Phrase] = {
    "error.releases.exists": Phrase(
        "{folder}: the name is taken, and a release is never overwritten; choose another name",
        "{folder}：该名称已被占用，发布绝不覆盖；请换一个名称",
    ),
    "error.releases.bad_name": Phrase(
        "{name!r}: a release's name is 1–63 of a–z, 0–9, dot, dash, underscore, and begins with a "
        "letter or digit",
        "{name!r}：发布名称须为 1–63 个字符，只含 a–z、0–9、点、连字符、下划线，且以字母或数字开头",
    ),
    "error.releases.bad_shares": Phrase(
        "shares of dev {dev} and test {test} per mille: give none below 0, and a sum of at most "
        "1000",
        "dev 占千分之 {dev}、test 占千分之 {test} 无效：均不得小于 0，且合计不得超过 1000",
    ),
    "error.releases.no_zone": Phrase(
        "build time {built} has no zone; write it as 2026-01-31T12:00:00+00:00",
        "构建时间 {built} 缺少时区；请写成 2026-01-31T12:00:00+00:00",
    ),
    "error.releases.no_rows": Phrase(
        "project {project} has no accepted verdict to release; run: qinglan judge {project}",
        "项目 {project} 没有可发布的裁定；请先运行 qinglan judge {project}",
    ),
    "error.releases.cannot_write": Phrase(
        "{folder}: the release cannot be written ({why}); free space, or choose another folder",
        "{folder}：无法写入发布（{why}）；请腾出空间，或换一个文件夹",
    ),
    "error.releases.other_purpose": Phrase(
        "the permit is for {permit}, the release for {asked}; ask the gate for {asked}",
        "许可的用途是 {permit}，发布的用途是 {asked}；请就 {asked} 重新申请许可",
    ),
    "error.releases.not_covered": Phrase(
        "task {record}: its source {source} is not in the permit; ask the gate with all sources",
        "任务 {record}：其来源 {source} 不在许可之内；请就全部来源重新申请许可",
    ),
    "error.releases.row_torn": Phrase(
        "verdict {record}: its {field} does not fit the records beside it; judge the project again",
        "裁定 {record}：其 {field} 与相关记录不符；请重新裁定该项目",
    ),
    "error.releases.unordered": Phrase(
        "task {record} comes after {last}; give the rows by ascending task id, each task once",
        "任务 {record} 排在 {last} 之后；各行须按任务编号递增，且每个任务只出现一次",
    ),
    "error.releases.unwritable": Phrase(
        "task {record}: it cannot be written as canonical JSON ({why}); correct the source",
        "任务 {record}：无法写成规范 JSON（{why}）；请修正来源",
    ),
    "error.releases.miscounted": Phrase(
        "{tasks} tasks came in, but {rows} rows and {aside} set aside went out; judge the project "
        "again",
        "进入 {tasks} 个任务，却只有 {rows} 行产出、{aside} 个搁置，数目不符；请重新裁定该项目",
    ),
    "error.releases.no_folder": Phrase(
        "{folder}: no release here; give the folder that holds manifest.json",
        "{folder}：这里没有发布；请给出含有 manifest.json 的文件夹",
    ),
    "error.releases.manifest_unreadable": Phrase(
        f"{{file}}: not a manifest as qinglan writes it ({{why}}); {_AGAIN}",
        f"{{file}}：不是青蓝写出的清单（{{why}}）；{_AGAIN_ZH}",
    ),
    # What a check found.
    "releases.ok": Phrase(
        "release {name} holds: {rows} rows, root {root}",
        "发布 {name} 校验通过：共 {rows} 行，根哈希 {root}",
    ),
    "releases.not_ok": Phrase(
        f"{{folder}}: the release does not hold; {_AGAIN}",
        f"{{folder}}：该发布未通过校验；{_AGAIN_ZH}",
    ),
    "releases.signer_known": Phrase(
        "signed by the key you gave, {keyid}",
        "由你给出的密钥 {keyid} 签名",
    ),
    "releases.signer_unknown": Phrase(
        "integrity only, signer unknown: signed by {keyid}, the key inside the release; get the "
        "signer's key from a place you trust and give it with --key",
        "仅证明完整性，签名者未知：签名所用的 {keyid} 就是发布内附的密钥；请从可信之处取得签名方"
        "公钥，并用 --key 给出",
    ),
    "releases.simulated": Phrase(
        "{simulated} of {rows} rows were answered by simulated annotators: never quote them for "
        "people",
        "{rows} 行中有 {simulated} 行由模拟标注者作答：绝不可当作真人数据引用",
    ),
    "releases.show": Phrase(
        "release {name} of project {project}, for {purpose}, built {built}, root {root}",
        "项目 {project} 的发布 {name}，用途：{purpose}，构建于 {built}，根哈希 {root}",
    ),
    "releases.unchecked": Phrase(
        "this is what the release says of itself; check it with: qinglan release verify",
        "以上是发布的自述；请用 qinglan release verify 校验",
    ),
    "releases.history_ok": Phrase(
        "the history holds: {covered} entries lead to this release; for the {after} after it "
        "this release cannot vouch",
        "历史完好：共有 {covered} 条通向本发布；其后的 {after} 条，本发布无从印证",
    ),
    "releases.history_known": Phrase(
        "the history holds: {entries} entries, and the head that this release commits to is "
        "among them",
        "历史完好：共 {entries} 条，其中包含本发布所承诺的那一条",
    ),
    "releases.failure.history_unreadable": Phrase(
        "{file}, line {line}: not an entry of a history ({why})",
        "{file} 第 {line} 行：不是历史条目（{why}）",
    ),
    "releases.failure.history_changed": Phrase(
        "{file}: entry {seq} was changed after it was written",
        "{file}：第 {seq} 条写入之后被改动过",
    ),
    "releases.failure.history_missing": Phrase(
        "{file}: entry {seq} is missing", "{file}：缺少第 {seq} 条"
    ),
    "releases.failure.history_unordered": Phrase(
        "{file}: where entry {seq} should stand there is an earlier one",
        "{file}：第 {seq} 条的位置上却是更早的条目",
    ),
    "releases.failure.history_other_project": Phrase(
        "{file}: entry {seq} belongs to another project than {project}, which the release is of",
        "{file}：第 {seq} 条不属于本发布所属的项目 {project}",
    ),
    "releases.failure.history_cut": Phrase(
        "{file}: the history ends at entry {held}, before the one that the release was made at",
        "{file}：历史止于第 {held} 条，尚未到达该发布生成时的那一条",
    ),
    "releases.failure.history_rewritten": Phrase(
        "{file}: entry {seq} is not the one that the release commits to: the history was "
        "written anew",
        "{file}：第 {seq} 条并非发布所承诺的那一条，历史曾被改写",
    ),
    "releases.model": Phrase(
        "trained on it, as its signer states: {run}", "签名方声明：{run} 用它训练而成"
    ),
    "releases.failure.other_model": Phrase(
        "{file}: speaks of a model trained on another release ({release}); remove it from here",
        "{file}：所述模型用的是另一份发布（{release}）；请将它移出此处",
    ),
    "releases.failure.other_run": Phrase(
        "{file}: speaks of run {run}, not of the one in its name; remove it from here",
        "{file}：所述训练为 {run}，与文件名不符；请将它移出此处",
    ),
    "releases.failure.missing": Phrase("{file}: the file is missing", "{file}：缺少该文件"),
    "releases.failure.unlisted": Phrase(
        "{file}: does not belong to the release", "{file}：不属于该发布"
    ),
    "releases.failure.symlink": Phrase(
        "{file}: is a symbolic link, which a release never holds",
        "{file}：是符号链接，发布中绝不应有",
    ),
    "releases.failure.special": Phrase("{file}: is not a plain file", "{file}：不是普通文件"),
    "releases.failure.unreadable": Phrase(
        "{file}: cannot be read ({why})", "{file}：无法读取（{why}）"
    ),
    "releases.failure.changed": Phrase(
        "{file}: was changed after the release was signed", "{file}：签名之后被改动过"
    ),
    "releases.failure.malformed": Phrase(
        "{file}: is not as a release writes it ({why})", "{file}：不符合发布的写法（{why}）"
    ),
    "releases.failure.not_signed": Phrase("{file}: {why}", "{file}：{why}"),
    "releases.failure.not_a_key": Phrase(
        "{file}: is not an Ed25519 public key", "{file}：不是 Ed25519 公钥"
    ),
    "releases.failure.other_signer": Phrase(
        "{file}: is not the key that signed the release", "{file}：不是为该发布签名的密钥"
    ),
    "releases.failure.other_files": Phrase(
        "{file}: is not about exactly the files of a release ({name})",
        "{file}：所证明的文件与发布不一致（{name}）",
    ),
    "releases.failure.other_release": Phrase(
        "{file}: says something else of the release than manifest.json",
        "{file}：对该发布的陈述与 manifest.json 不一致",
    ),
    "releases.failure.other_permit": Phrase(
        "{file}: is not the permit that the manifest names", "{file}：不是清单所指的许可"
    ),
    "releases.failure.other_root": Phrase(
        "{file}: its root does not follow from the rows", "{file}：其根哈希与各行不符"
    ),
    "releases.failure.miscounted": Phrase(
        "{file}: {field} is not what the content says", "{file}：{field} 与内容不符"
    ),
    "releases.failure.other_length": Phrase(
        "{file}: has not one line for each row", "{file}：与数据行数不一致"
    ),
    "releases.failure.other_row": Phrase(
        "{file}: does not follow the rows ({name}, line {line})",
        "{file}：与数据各行不对应（{name} 第 {line} 行）",
    ),
    "releases.failure.other_rows": Phrase(
        "{file}: row {line} says something else than the JSON Lines file",
        "{file}：第 {line} 行与 JSON Lines 文件不一致",
    ),
    "releases.failure.bad_row": Phrase(
        "{file}, line {line}: not a row as a release writes it ({why})",
        "{file} 第 {line} 行：不符合发布的写法（{why}）",
    ),
    "releases.failure.unordered": Phrase(
        "{file}, line {line}: rows are not in order, or a task comes twice",
        "{file} 第 {line} 行：顺序有误，或任务重复",
    ),
    "releases.failure.uncommitted": Phrase(
        "{file}, line {line}: the {part} does not fit its commitment",
        "{file} 第 {line} 行：{part} 与其承诺值不符",
    ),
    "releases.failure.other_split": Phrase(
        "{file}, line {line}: its group belongs to another split",
        "{file} 第 {line} 行：其分组属于另一个划分",
    ),
    "releases.failure.not_covered": Phrase(
        "{file}, line {line}: a source of it is not in the permit",
        "{file} 第 {line} 行：其来源不在许可之内",
    ),
    # The card.
    "card.title": Phrase("About this release", "关于本发布"),
    "card.about": Phrase(
        "Release {name} of project {project}: {rows} rows, for {purpose}.",
        "项目 {project} 的发布 {name}：共 {rows} 行，用于{purpose}。",
    ),
    "card.built": Phrase("Built {built} by {code}.", "由 {code} 构建于 {built}。"),
    "card.simulated": Phrase(
        "**{simulated} of {rows} rows were answered by simulated annotators. They stand in for "
        "people or models and must never be quoted for them.**",
        "**{rows} 行中有 {simulated} 行由模拟标注者作答。模拟标注者只是真人或模型的替身，绝不可当作"
        "真人或模型的数据引用。**",
    ),
    "card.counts": Phrase("What is in it", "内容"),
    "card.sum": Phrase(
        "{tasks} tasks = {rows} rows + {aside} set aside",
        "{tasks} 个任务 = {rows} 行产出 + {aside} 个搁置",
    ),
    "card.split": Phrase("split", "划分"),
    "card.rows": Phrase("rows", "行数"),
    "card.stage": Phrase("stage", "环节"),
    "card.reason": Phrase("set aside because", "搁置原因"),
    "card.number": Phrase("number", "数量"),
    "card.stage.import": Phrase("import", "导入"),
    "card.stage.verify": Phrase("verify", "验证"),
    "card.stage.judge": Phrase("judge", "裁定"),
    "card.stage.release": Phrase("release", "发布"),
    "card.sources": Phrase("Where it comes from", "来源"),
    "card.path.evaluation": Phrase(
        "Every recorded source may be used for evaluation. Some may be the output of models that "
        "forbid training on it, so none of this trains a model. A false declaration of a source "
        "cannot be detected.",
        "所记录的每个来源均可用于评测。其中可能有禁止用于训练的模型输出，因此全部内容都不得用于训练"
        "模型。来源若申报不实，无从查知。",
    ),
    "card.path.training": Phrase(
        "There is no recorded path from an unlicensed teacher to any row. This speaks of what was "
        "recorded; a false declaration of a source cannot be detected.",
        "在所记录的来源中，没有一行出自未获许可的教师模型。此说只涉及已记录的内容；来源若申报不实，无从"
        "查知。",
    ),
    "card.source": Phrase("source", "来源"),
    "card.channel": Phrase("channel", "渠道"),
    "card.licence": Phrase("licence", "许可证"),
    "card.family": Phrase("model family", "模型系列"),
    "card.ruling": Phrase("permitted by rule", "依据规则"),
    "card.channel.own": Phrase("our own", "自有"),
    "card.channel.published": Phrase("published", "公开数据"),
    "card.channel.weights": Phrase("weights we run", "自行运行的权重"),
    "card.channel.api": Phrase("a vendor's API", "厂商接口"),
    "card.channel.person": Phrase("people", "真人"),
    "card.channel.simulated": Phrase("**simulated**", "**模拟**"),
    "card.obligations": Phrase("What you owe when you use it", "使用义务"),
    "card.scheme": Phrase("Criteria, labels and units", "评分准则、标签与单位"),
    "card.key": Phrase("key", "键"),
    "card.name": Phrase("name", "名称"),
    "card.meaning": Phrase("meaning", "含义"),
    "card.guideline": Phrase(
        "What was asked (guideline, version {version})", "标注指南（第 {version} 版）"
    ),
    "card.proof": Phrase("How to check it", "如何校验"),
    "card.verify": Phrase(
        "`qinglan release verify FOLDER --key KEY` needs no database and no network. Content root: "
        "`{root}`. The key inside the release, `signer.pub`, proves integrity only: get the "
        "signer's key from a place you trust.",
        "`qinglan release verify 文件夹 --key 公钥` 无需数据库与网络。内容根哈希：`{root}`。"
        "发布内附的 `signer.pub` 只能证明完整性：请从可信之处取得签名方公钥。",
    ),
}
