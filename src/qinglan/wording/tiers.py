"""What is said about tiers of people and their credentials."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.tiers.bad_name": Phrase(
        "{word!r} cannot be a tier's name: up to {most} visible characters, no comma",
        "{word!r} 不能用作级别名称：请用不超过 {most} 个可见字符，且不含逗号",
    ),
    "error.tiers.bad_list": Phrase(
        "a project has up to {most} tiers, each named once",
        "每个项目最多 {most} 个级别，名称不得重复",
    ),
    "error.tiers.in_use": Phrase(
        "tier {tier} is in use; give its people another tier, and change what asks for it, first",
        "级别 {tier} 仍在使用；请先调整该级别的人员及要求该级别的规则或题目",
    ),
    "error.tiers.none_such": Phrase(
        "there is no tier {tier}; this project has: {known}",
        "没有级别 {tier}；本项目的级别有：{known}",
    ),
    "error.tiers.own": Phrase(
        "{actor} cannot decide on their own tier or credentials; ask another lead",
        "{actor} 不能决定自己的级别或资历；请由其他负责人处理",
    ),
    "error.tiers.no_annotator": Phrase(
        "nobody called {name} works in project {project}; give them a seat first",
        "项目 {project} 中没有标注者 {name}；请先安排席位",
    ),
    "error.tiers.bad_link": Phrase(
        "a link has up to {most} visible characters and no blanks",
        "链接不得超过 {most} 个可见字符，且不含空白",
    ),
    "error.tiers.no_credential": Phrase(
        "{name} has no credential {number} that still counts; reload the page",
        "{name} 没有编号为 {number} 的有效资历；请刷新页面",
    ),
    "error.tiers.no_skill": Phrase("name a skill", "请填写技能"),
    "error.tiers.bad_language": Phrase(
        "{word!r} names no language; write tags such as zh, en or pt-br",
        "{word!r} 不是语言标签；请使用 zh、en、pt-br 之类的标签",
    ),
    "error.tiers.many_languages": Phrase(
        "up to {most} languages can be stated", "最多填写 {most} 种语言"
    ),
    "cli.tiers.need": Phrase(
        "SKILL=TIER: give tasks of that skill to that tier and above alone; SKILL= lifts it.",
        "SKILL=TIER：该技能的题目只派给该级别及以上；SKILL= 则取消限制。",
    ),
    "cli.tiers.needs": Phrase("skill {skill}: only tier {tier}", "技能 {skill}：仅限级别 {tier}"),
    "web.tiers.needs": Phrase("Skills for a tier alone", "限定级别的技能"),
    "web.tiers.needs_hint": Phrase(
        "Tasks of the skill are given to that tier and above alone. Files of tasks can ask for a "
        "tier and a language, too.",
        "该技能的题目只派给该级别及以上人员。题目文件也可以要求级别和语言。",
    ),
    "web.tiers.skill": Phrase("Skill", "技能"),
    "web.tiers.need": Phrase("Set", "设定"),
    "web.tiers.lift": Phrase("Lift", "取消"),
    "web.languages": Phrase("Languages you can work in", "你能使用的语言"),
    "web.languages_hint": Phrase(
        "Tags with commas, such as zh, en. Tasks that ask for a language come to those who state "
        "it.",
        "用逗号分隔的语言标签，例如 zh, en。要求某种语言的题目，只派给填写了该语言的人。",
    ),
    "web.languages_of": Phrase("Languages: {languages}", "语言：{languages}"),
    "cli.tiers": Phrase(
        "The tiers of a project and who has which; --names sets them.",
        "查看项目的级别及各人所属级别；--names 用于设置。",
    ),
    "cli.tiers.names": Phrase(
        "The tiers, from the lowest to the highest, with commas: crowd,expert.",
        "级别名称，由低到高，以逗号分隔：crowd,expert。",
    ),
    "cli.tiers.none": Phrase("no tier", "无级别"),
    "cli.tiers.list": Phrase("tiers, lowest first: {names}", "级别（由低到高）：{names}"),
    "cli.tier": Phrase(
        "Give somebody a tier of a project, or take theirs away.",
        "为项目中的标注者设置级别，或取消其级别。",
    ),
    "cli.tier.name": Phrase("Name of the annotator.", "标注者姓名。"),
    "cli.tier.tier": Phrase("The tier; none takes it away.", "级别；不填则取消。"),
    "cli.tier.why": Phrase("Why, for whoever looks later.", "理由，供日后查阅。"),
    "cli.tier.done": Phrase("{name}: {tier}", "{name}：{tier}"),
    "web.tab.tiers": Phrase("Tiers and credentials", "级别与资历"),
    "web.tiers.list": Phrase("Tiers of this project", "本项目的级别"),
    "web.tiers.list_hint": Phrase(
        "From the lowest to the highest, with commas. Whoever stands higher may do what asks for "
        "less.",
        "由低到高，以逗号分隔；较高级别的人员可承担对级别要求较低的题目。",
    ),
    "web.tiers.what": Phrase(
        "A tier says whom its people resemble, not that they are right: how far each tier can be "
        "relied on is learned from the answers, and shown in the quality report.",
        "级别只表示同级人员彼此相近，并不表示其答案一定正确：各级别的可靠度由作答估计得出，见质量报告。",
    ),
    "web.tiers.people": Phrase("People", "人员"),
    "web.tiers.tier": Phrase("Tier", "级别"),
    "web.tiers.none": Phrase("no tier", "未定级"),
    "web.tiers.why": Phrase("Why", "理由"),
    "web.tiers.history": Phrase("History", "变更记录"),
    "web.tiers.given": Phrase(
        "{tier} — by {actor}, {at} UTC", "{tier}（由 {actor} 设定，{at} UTC）"
    ),
    "web.tiers.credentials": Phrase("Credentials", "资历"),
    "web.tiers.no_credentials": Phrase("None noted.", "暂无记录。"),
    "web.tiers.credential": Phrase("What was shown and checked", "资历内容与核验情况"),
    "web.tiers.link": Phrase(
        "Where the evidence lies (shown as text)", "证明材料所在（仅以文本显示）"
    ),
    "web.tiers.checked": Phrase("checked by {actor}, {at} UTC", "核验人：{actor}，{at} UTC"),
    "web.tiers.ended": Phrase("taken back by {actor}, {at} UTC", "已由 {actor} 撤销，{at} UTC"),
    "web.tiers.end": Phrase("Take back", "撤销"),
    "web.tiers.note": Phrase("Note it", "记录资历"),
    "web.tiers.own": Phrase(
        "Another lead decides on your own tier and credentials.",
        "你本人的级别与资历由其他负责人决定。",
    ),
}
