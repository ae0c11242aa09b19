"""What the gate says: refusals, obligations, lapses."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.policy.unreadable": Phrase(
        "{file}: the rules cannot be read ({why}); correct the file",
        "{file}：无法读取规则（{why}）；请修正该文件",
    ),
    "error.policy.bad_rule": Phrase(
        "{file}: rule {number}, {field}: {why}; correct this rule",
        "{file}：第 {number} 条规则的 {field}：{why}；请修正该规则",
    ),
    "error.policy.not_permitted": Phrase(
        "the gate refuses {count} source(s): {parts}",
        "许可审查拒绝了 {count} 个来源：{parts}",
    ),
    "error.policy.permit_unreadable": Phrase(
        "permit.json: not a permit as qinglan writes it ({why}); get the release again from its "
        "signer",
        "permit.json：不是青蓝写出的许可（{why}）；请向签名方重新获取该发布",
    ),
    "policy.purpose.training": Phrase("training", "训练"),
    "policy.purpose.evaluation": Phrase("evaluation", "评测"),
    "policy.why.forbidden": Phrase(
        "{source} ({channel}, licence {licence}, family {family}): rule {rules} forbids {purpose}; "
        "leave it out, or replace it with permitted material",
        "{source}（渠道 {channel}，许可证 {licence}，模型系列 {family}）：规则 {rules} 禁止用于"
        "{purpose}；请剔除，或换用获准的材料",
    ),
    "policy.why.unread": Phrase(
        "{source} ({channel}, licence {licence}, family {family}): nobody has read what the terms "
        "of rule {rules} say about {purpose}; read them and add a dated rule to policy.toml",
        "{source}（渠道 {channel}，许可证 {licence}，模型系列 {family}）：规则 {rules} 所指条款对"
        "{purpose}的规定尚无人阅读；请阅读后在 policy.toml 中加一条注明日期的规则",
    ),
    "policy.why.unknown": Phrase(
        "{source} ({channel}, licence {licence}, family {family}): no rule speaks of it, so "
        "{purpose} is refused; state its licence and family, or add a rule to policy.toml",
        "{source}（渠道 {channel}，许可证 {licence}，模型系列 {family}）：没有适用的规则，故不得"
        "用于{purpose}；请填明许可证与模型系列，或在 policy.toml 中加一条规则",
    ),
    "policy.why.expired": Phrase(
        "{source} ({channel}, licence {licence}, family {family}): rule {rules} counted until "
        "{expires}; read the terms again and add a dated rule to policy.toml",
        "{source}（渠道 {channel}，许可证 {licence}，模型系列 {family}）：规则 {rules} 的有效期至 "
        "{expires}；请重读条款，并在 policy.toml 中加一条注明日期的规则",
    ),
    "policy.why.test_part": Phrase(
        "{source} ({channel}, licence {licence}, family {family}): material of a published test "
        "split never trains; use it for evaluation, or import another split",
        "{source}（渠道 {channel}，许可证 {licence}，模型系列 {family}）：公开测试集的材料绝不用于"
        "训练；请改作评测之用，或导入其他划分",
    ),
    "policy.lapse.expired": Phrase(
        "{source}: the reading of its terms ({rules}) counted until {expires}",
        "{source}：对其条款的解读（{rules}）有效期至 {expires}，现已过期",
    ),
    "policy.lapse.withdrawn": Phrase(
        "{source}: today's rules ({rules}) no longer permit this use",
        "{source}：按现行规则（{rules}），此用途已不再获准",
    ),
    "policy.unreviewed": Phrase("unreviewed", "未经审阅"),
    "obligation.attribution": Phrase(
        "Name the authors and the licence, link to both, and say what was changed.",
        "注明作者与许可证并附链接，说明作了哪些改动。",
    ),
    "obligation.keep_notice": Phrase(
        "Keep the copyright and licence notices with every copy.",
        "每份副本都须保留版权与许可声明。",
    ),
    "obligation.share_alike": Phrase(
        "Share what is derived from it under the same licence.",
        "由此衍生的内容须以相同许可证分享。",
    ),
    "obligation.simulated": Phrase(
        "Say wherever it is shown that the annotators are simulated, and never quote it for "
        "people.",
        "凡展示之处都须说明标注者为模拟，绝不可当作真人数据引用。",
    ),
    "obligation.evaluation_only": Phrase(
        "Use it for evaluation only; it never trains a model.",
        "仅供评测，绝不用于训练模型。",
    ),
    "obligation.use_restrictions": Phrase(
        "Pass on the use restrictions of the model's licence with every derived model.",
        "每个衍生模型都须附带并传递该模型许可证中的使用限制。",
    ),
    "obligation.llama_name": Phrase(
        'Begin the name of every model trained on it with "Llama", show "Built with Llama", and '
        "pass on the licence.",
        "以此训练的模型，名称须以“Llama”开头，显著标注“Built with Llama”，并随附其许可证。",
    ),
    "obligation.gemma_terms": Phrase(
        "Pass on the Gemma terms and their prohibited uses with every model trained on it.",
        "以此训练的模型须附带并传递 Gemma 条款及其禁止用途。",
    ),
    "obligation.display_at_scale": Phrase(
        "Show the model's name in the interface once the product passes the size that its "
        "licence states.",
        "产品规模超过其许可证所定界限后，须在界面上标明该模型的名称。",
    ),
}
