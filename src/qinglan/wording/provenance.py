"""What keys and attestations refuse, and the remedy."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.keys.exists": Phrase(
        "{file}: a signing key is here already and is never overwritten; use it, or move it away",
        "{file}：已有签名密钥，绝不覆盖；请使用它，或先将它移走",
    ),
    "error.keys.cannot_write": Phrase(
        "{folder}: cannot write keys here ({why}); choose a folder that you own",
        "{folder}：无法在此写入密钥（{why}）；请换一个归你所有的文件夹",
    ),
    "error.keys.cannot_read": Phrase(
        "{file}: the key cannot be read ({why}); correct its owner, or give the file itself",
        "{file}：无法读取密钥（{why}）；请更正文件属主，或直接给出密钥文件本身",
    ),
    "error.keys.not_a_file": Phrase(
        "{file}: not a plain file; give the key file itself",
        "{file}：不是普通文件；请给出密钥文件本身",
    ),
    "error.keys.others_can_read": Phrase(
        "{file}: others on this machine can read this key; run: chmod 600 {file}",
        "{file}：本机其他用户能读取此密钥；请运行 chmod 600 {file}",
    ),
    "error.keys.no_key": Phrase(
        "{file}: no such key; make the workspace with: qinglan init, or name another key file",
        "{file}：没有此密钥；请用 qinglan init 新建工作区，或指定另一个密钥文件",
    ),
    "error.keys.unreadable": Phrase(
        "{file}: not an Ed25519 private key in PEM; restore it from your backup",
        "{file}：不是 PEM 格式的 Ed25519 私钥；请从备份中恢复",
    ),
    "error.keys.not_public": Phrase(
        "{file}: not an Ed25519 public key in PEM; ask the signer for their signing.pub",
        "{file}：不是 PEM 格式的 Ed25519 公钥；请向签名方索取 signing.pub",
    ),
    "error.keys.no_secret": Phrase(
        "{file}: the workspace's secret is missing; restore it from your backup, for a new one "
        "would give every record a second id",
        "{file}：缺少工作区的密值文件；请从备份中恢复，若另造一个，每条记录都会多出一个编号",
    ),
    "error.keys.secret_damaged": Phrase(
        "{file}: the secret has {size} bytes, not 32; restore it from your backup",
        "{file}：密值应为 32 字节，现为 {size} 字节；请从备份中恢复",
    ),
    "error.attestation.malformed": Phrase(
        "attestation: {field} is not exactly as it must be ({why}); get the release again from "
        "its signer",
        "签名声明：{field} 不合规范（{why}）；请向签名方重新获取该发布",
    ),
    "error.attestation.payload_type": Phrase(
        "attestation: payload type {found!r} is not in-toto's; get the release again from its "
        "signer",
        "签名声明：载荷类型 {found!r} 不是 in-toto 的；请向签名方重新获取该发布",
    ),
    "error.attestation.bad_signature": Phrase(
        "attestation: the signature of key {keyid} does not hold; get the release again from its "
        "signer",
        "签名声明：密钥 {keyid} 的签名不成立；请向签名方重新获取该发布",
    ),
    "error.attestation.unknown_signer": Phrase(
        "attestation: signed by {keyids}, which is none of the keys given; give the signer's key",
        "签名声明：签名者为 {keyids}，不在所给密钥之中；请给出签名方的公钥",
    ),
    "error.attestation.other_subject": Phrase(
        "attestation: it is not about this {file}; get the release again from its signer",
        "签名声明：它所证明的并非这份 {file}；请向签名方重新获取该发布",
    ),
    "error.history.cannot_read": Phrase(
        "{file}: the history cannot be read ({why}); give the file that was exported",
        "{file}：无法读取历史文件（{why}）；请给出导出的那个文件",
    ),
    "error.history.unreadable": Phrase(
        "{file}, line {line}: not an entry as qinglan writes it ({why}); get the history again "
        "from its owner",
        "{file} 第 {line} 行：不是青蓝写出的条目（{why}）；请向其所有者重新获取",
    ),
}
