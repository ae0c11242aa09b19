"""What backups refuse, and the remedy."""

from qinglan.wording import Phrase

_OTHER = "take another backup"
_OTHER_ZH = "请改用另一份备份"

PHRASES: dict[str, Phrase] = {
    "error.backups.no_backup": Phrase(
        "{folder}: no backup here, {name} cannot be read; give the folder that holds "
        "inventory.json",
        "{folder}：这里没有备份，无法读取 {name}；请给出含有 inventory.json 的文件夹",
    ),
    "error.backups.inventory_unreadable": Phrase(
        f"the backup's inventory is not as qinglan writes it ({{why}}); {_OTHER}",
        f"备份的清单不是青蓝写出的样子（{{why}}）；{_OTHER_ZH}",
    ),
    "error.backups.not_signed": Phrase(
        f"the backup's inventory is not signed by its workspace's key: it was altered, or --key "
        f"names another workspace's; {_OTHER}",
        f"备份的清单没有本工作区密钥的有效签名：或被改动过，或 --key 给的是别的工作区；{_OTHER_ZH}",
    ),
    "error.backups.strange_file": Phrase(
        f"the backup's inventory lists {{name!r}}, which is no part of a workspace; {_OTHER}",
        f"备份的清单列有 {{name!r}}，它不是工作区的组成部分；{_OTHER_ZH}",
    ),
    "error.backups.link": Phrase(
        f"{{name}} in the backup is reached through a link, which a backup never holds; {_OTHER}",
        f"备份中的 {{name}} 经由链接指向别处，而备份中绝不应有链接；{_OTHER_ZH}",
    ),
    "error.backups.missing": Phrase(
        f"{{name}} is missing from the backup; {_OTHER}",
        f"备份中缺少 {{name}}；{_OTHER_ZH}",
    ),
    "error.backups.changed": Phrase(
        f"{{name}} in the backup is not what the inventory lists: it was damaged or altered; "
        f"{_OTHER}",
        f"备份中的 {{name}} 与清单不符，已损坏或被改动；{_OTHER_ZH}",
    ),
    "error.backups.not_a_file": Phrase(
        "{file}: neither a file nor a folder, and a backup follows no links; put the thing "
        "itself there",
        "{file}：既非文件也非文件夹，而备份不跟随链接；请把实物放到此处",
    ),
}
