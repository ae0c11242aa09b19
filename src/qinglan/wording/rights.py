"""What is said about the rights in people's answers."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.rights.bad_statement": Phrase(
        "write the statement in both languages, up to {most} characters each",
        "请用两种语言填写权利声明，各不超过 {most} 个字符",
    ),
    "error.rights.not_agreed": Phrase(
        "agree to the rights statement of project {project} first, on the page before the desk",
        "请先在标注台前的说明页同意项目 {project} 的权利声明",
    ),
    "error.rights.other_version": Phrase(
        "the rights statement of project {project} changed; read it again",
        "项目 {project} 的权利声明已更新；请重新阅读",
    ),
    "error.rights.nobody_agreed": Phrase(
        "all {rows} accepted answers of project {project} are by people who did not agree to its "
        "rights statement; let them agree at the desk, or import with --declare",
        "项目 {project} 被接受的 {rows} 条作答均来自未同意权利声明的人员；请让其在标注台同意，"
        "或在导入时使用 --declare",
    ),
    "reason.no_agreement": Phrase(
        "its author did not agree to the rights statement", "作者未同意权利声明"
    ),
    "remedy.no_agreement": Phrase(
        "let its author agree at the desk, then release again", "请作者在标注台同意后重新发布"
    ),
    "cli.rights": Phrase(
        "What people agree to before their first answer; --en and --zh set it.",
        "标注者首次作答前须同意的权利声明；--en 与 --zh 用于设置。",
    ),
    "cli.rights.en": Phrase("The English text.", "英文文本。"),
    "cli.rights.zh": Phrase("The Chinese text.", "中文文本。"),
    "cli.rights.none": Phrase("project {project} asks nothing", "项目 {project} 未设权利声明"),
    "cli.rights.version": Phrase("version {version}", "第 {version} 版"),
    "cli.import.declare": Phrase(
        "Your word that these people agreed what may be done with their answers, and where that "
        "is kept.",
        "声明：这些人员已同意其作答的使用方式，并注明凭据存放处。",
    ),
    "web.rights": Phrase("Rights statement", "权利声明"),
    "web.rights.version": Phrase(
        "version {version}, since {at} UTC", "第 {version} 版，{at} UTC 起"
    ),
    "web.rights.agreed": Phrase(
        "Agreed to version {version} of the rights statement, {at} UTC",
        "已同意权利声明第 {version} 版，{at} UTC",
    ),
    "web.rights.not_yet": Phrase("Has not agreed to the rights statement yet", "尚未同意权利声明"),
    "web.rights.hint": Phrase(
        "Everybody agrees to it before their first answer; who has not is in no release. A new "
        "version is asked of all again; answers given under an earlier one stay.",
        "所有人在首次作答前须同意；未同意者的作答不进入任何发布。更新后所有人需再次同意，此前的作答不受影响。",
    ),
    "web.rights.keep": Phrase("Ask for this from now on", "自此要求同意"),
    "web.rights.agree": Phrase("I agree, and begin", "我同意并开始"),
}
