"""What the storage says when it cannot keep, find or trust something."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.storage.other_terms": Phrase(
        "annotator {name} is here already under other terms ({had}; now {now}); give those who "
        "answered under these terms names of their own, or state the terms as before",
        "标注者 {name} 已按另一套条款登记（原为 {had}；现为 {now}）；请为按新条款作答者另取名称，"
        "或沿用原来的条款",
    ),
    "error.storage.bad_url": Phrase(
        "the database address is not a URL; write sqlite:///path/to/file.db or "
        "postgresql://user@host/name",
        "数据库地址不是合法的 URL；请写成 sqlite:///路径/文件.db 或 postgresql://用户@主机/库名",
    ),
    "error.storage.unknown_engine": Phrase(
        "databases of type {engine} are not supported; use sqlite or postgresql",
        "不支持 {engine} 类型的数据库；请使用 sqlite 或 postgresql",
    ),
    "error.storage.in_memory": Phrase(
        "SQLite needs a file here, without options after '?'; write sqlite:///path/to/file.db",
        "SQLite 须使用文件，且地址中不能带 “?” 参数；请写成 sqlite:///路径/文件.db",
    ),
    "error.storage.no_driver": Phrase(
        "the driver for {engine} is not installed; run: pip install 'psycopg[binary]'",
        "没有安装 {engine} 的驱动；请运行：pip install 'psycopg[binary]'",
    ),
    "error.storage.cannot_open": Phrase(
        "the database cannot be opened ({detail}); check that its folder exists, that you may "
        "write there, and that the file is a qinglan database",
        "无法打开数据库（{detail}）；请确认所在目录存在、有写入权限，且文件确为 qinglan 的数据库",
    ),
    "error.storage.not_writable": Phrase(
        "{place}: may only be read: enough to look (status, trace, report --out, backup), and not "
        "for this; give yourself the permission to write, or copy the workspace to a place that is "
        "yours",
        "{place}：只可读取，足以查看（status、trace、report --out、backup），但无法执行本操作；"
        "请取得写入权限，或把工作区复制到你有权限的位置",
    ),
    "error.storage.not_readable": Phrase(
        "{place}: may not be read; give yourself the permission, or copy the workspace to a place "
        "that is yours",
        "{place}：没有读取权限；请取得权限，或把工作区复制到你有权限的位置",
    ),
    "error.storage.altered": Phrase(
        "{count} records are not what was committed to, the first of them {id} in table {table}: "
        "they were changed outside qinglan; restore the database from a backup",
        "有 {count} 条记录与其承诺值不符，首条是数据表 {table} 中的 {id}：曾在青蓝之外被改动；"
        "请从备份恢复数据库",
    ),
    "error.storage.full": Phrase(
        "there is no room left on the disk ({detail}); nothing of this was kept: free some space, "
        "then run it again",
        "磁盘空间不足（{detail}）；本次内容没有保存：请腾出空间后重新运行",
    ),
    "error.storage.served": Phrase(
        "this workspace is served already, by process {pid}; on SQLite one server is all "
        "(several need PostgreSQL): use that one, or stop it first",
        "该工作区已由进程 {pid} 提供服务；SQLite 只能有一个服务进程（多个进程需要 PostgreSQL）："
        "请使用它，或先将其停止",
    ),
    "storage.waiting": Phrase(
        "another process is writing to this workspace; waiting for it",
        "另一进程正在写入该工作区；等待其完成",
    ),
    "error.storage.foreign": Phrase(
        "the database belongs to another program and is left untouched; name an empty one",
        "该数据库属于其他程序，未作任何改动；请指定一个空的数据库",
    ),
    "error.storage.older": Phrase(
        "the database has schema {found}, this version needs {known}, and it is left untouched; "
        "run: qinglan upgrade (it makes a backup first)",
        "数据库的结构版本为 {found}，当前程序需要 {known}，未作任何改动；"
        "请运行 qinglan upgrade（会先做备份）",
    ),
    "error.storage.newer": Phrase(
        "the database has schema {found}, this version knows up to {known}, and it is left "
        "untouched; install a newer qinglan",
        "数据库的结构版本为 {found}，而当前程序只认识到 {known}，未作任何改动；请升级 qinglan",
    ),
    "error.storage.empty": Phrase(
        "the database is empty, so there is nothing to back up; begin with: qinglan status",
        "数据库是空的，没有可备份的内容；可先运行 qinglan status",
    ),
    "error.storage.not_empty": Phrase(
        "the database to restore into is not empty, and nothing is overwritten; name an empty one",
        "要恢复到的数据库不是空的，不予覆盖；请指定一个空数据库",
    ),
    "error.storage.other_engine": Phrase(
        "the backup holds {file}, which does not fit a database on {engine}; restore it to the "
        "engine it came from",
        "备份中是 {file}，与 {engine} 数据库不符；请恢复到原来的数据库类型",
    ),
    "error.storage.cannot_copy": Phrase(
        "the database cannot be copied ({detail}); run: qinglan doctor",
        "无法复制数据库（{detail}）；请运行 qinglan doctor",
    ),
    "error.storage.no_program": Phrase(
        "PostgreSQL's program {name} is not here; install the client of version {server} or "
        "newer, on the path",
        "找不到 PostgreSQL 的 {name} 程序；请安装 {server} 或更新版本的客户端，并放入 PATH",
    ),
    "error.storage.old_program": Phrase(
        "the newest {name} here is of PostgreSQL {found}, the server is of {server}; install the "
        "client of version {server} or newer, on the path",
        "本机最新的 {name} 属于 PostgreSQL {found}，而服务器为 {server}；"
        "请安装 {server} 或更新版本的客户端，并放入 PATH",
    ),
    "error.storage.program_failed": Phrase(
        "{name} failed: {detail}; check the database's address and rights, then try again",
        "{name} 执行失败：{detail}；请检查数据库地址与权限后重试",
    ),
    "error.storage.busy": Phrase(
        "another process was writing for more than {seconds} s; nothing of this was kept, try "
        "again when it is done",
        "其他进程持续写入超过 {seconds} 秒；本次内容没有保存，请待其完成后重试",
    ),
    "error.storage.refused": Phrase(
        "the database refused: {detail}; nothing of this was kept, run 'qinglan doctor'",
        "数据库拒绝了操作：{detail}；本次内容没有保存，请运行 qinglan doctor",
    ),
    "error.storage.not_kept": Phrase(
        "the disk did not confirm the write ({detail}), so take it as not kept; check the free "
        "space and do it again",
        "磁盘没有确认写入（{detail}），请视为未保存；请检查剩余空间后重做",
    ),
    "error.storage.closed": Phrase(
        "the database is closed; open the workspace again",
        "数据库已关闭；请重新打开工作区",
    ),
    "error.storage.nested_write": Phrase(
        "a write was asked for inside a write; use the connection that was handed over",
        "在写入过程中又请求写入；请使用已传入的连接",
    ),
    "error.storage.own_commit": Phrase(
        "a write ended the shared transaction itself; leave commit and rollback to the storage",
        "某次写入自行结束了共用的事务；提交与回滚请交由存储层处理",
    ),
    "error.storage.unsound": Phrase(
        "the database is damaged ({detail}); stop writing and restore it from a backup",
        "数据库已损坏（{detail}）；请停止写入，并从备份恢复",
    ),
    "error.storage.damaged": Phrase(
        "row {id} of table {table} cannot be read: it was changed outside qinglan; restore the "
        "database from a backup",
        "数据表 {table} 中的行 {id} 无法解析，可能在 qinglan 之外被改动；请从备份恢复数据库",
    ),
    "error.storage.unknown_record": Phrase(
        "{id} is not in table {table}; import it first",
        "数据表 {table} 中没有 {id}；请先导入",
    ),
    "error.storage.foreign_revision": Phrase(
        "annotation {id} would replace {supersedes}, which is another annotator's or task's; "
        "revise only an own answer to the same task",
        "标注 {id} 试图取代 {supersedes}，但后者属于其他标注者或题目；只能修订本人对同一题目的作答",
    ),
    "error.storage.twice_revised": Phrase(
        "annotation {supersedes} was already revised; revise the newer one instead of adding {id}",
        "标注 {supersedes} 已被修订过；请修订较新的版本，而不要再添加 {id}",
    ),
    "error.storage.release_exists": Phrase(
        "a release named {name} exists already and releases never change; choose another name",
        "名为 {name} 的发布已经存在，发布不可更改；请换一个名称",
    ),
    "error.storage.project_exists": Phrase(
        "a project named {name} exists already; choose another name",
        "名为 {name} 的项目已经存在；请换一个名称",
    ),
    "error.storage.verdict_unsupported": Phrase(
        "verdict {verdict} is accepted but names no annotation to release; judge the project again",
        "裁定 {verdict} 已通过，但没有指明可供发布的标注；请重新裁定该项目",
    ),
    "error.storage.import_moved": Phrase(
        "another process is importing the same file (it is at row {stored}, this one "
        "at {row}); let it finish, then import again",
        "另一进程正在导入同一文件（其已到第 {stored} 行，本进程在第 {row} 行）；请待其完成后再导入",
    ),
    "error.storage.judged_elsewhere": Phrase(
        "another process began to judge this project, so this judging stopped; let that one "
        "finish, then judge again if need be",
        "另一进程已开始裁定该项目，本次裁定就此停止；请待其完成，必要时再重新裁定",
    ),
    "error.storage.history_broken": Phrase(
        "the history of project {project} does not hold at entry {seq}: it was changed outside "
        "qinglan; restore the database from a backup",
        "项目 {project} 的历史在第 {seq} 条处对不上，说明曾在 qinglan 之外被改动；"
        "请从备份恢复数据库",
    ),
    "error.storage.counts_drifted": Phrase(
        "project {project}: {name} is counted as {kept}, the tables hold {counted}; run: qinglan "
        "status --recount",
        "项目 {project}：{name} 的计数为 {kept}，表中实有 {counted}；"
        "请运行 qinglan status --recount",
    ),
    "error.storage.history_cut": Phrase(
        "the history of project {project} ends at entry {held} and lacks the entry {digest} that "
        "release {release} commits to; restore the database from a backup",
        "项目 {project} 的历史止于第 {held} 条，缺少发布 {release} 所承诺的条目 {digest}；"
        "请从备份恢复数据库",
    ),
    "error.storage.history_rewritten": Phrase(
        "the history of project {project} was written anew: its entry {seq} is not the entry "
        "{digest} that release {release} commits to; restore the database from a backup",
        "项目 {project} 的历史曾被改写：第 {seq} 条并非发布 {release} 所承诺的条目 {digest}；"
        "请从备份恢复数据库",
    ),
}
