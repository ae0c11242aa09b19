"""What the registry of verifiers says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.verifiers.unknown": Phrase(
        "there is no verifier “{name}”; choose from: {known}",
        "没有名为“{name}”的校验器；可选：{known}",
    ),
    "error.verifiers.broken": Phrase(
        "verifier plug-in {plugin} cannot be loaded ({why}); mend or uninstall it",
        "校验器插件 {plugin} 无法加载（{why}）；请修复或卸载",
    ),
    "error.verifiers.not_one": Phrase(
        "plug-in {plugin} is no verifier; it needs name, kinds and check",
        "插件 {plugin} 不是校验器；它必须具有 name、kinds 和 check",
    ),
    "error.verifiers.name_taken": Phrase(
        "plug-in {plugin} takes the name “{name}” of another verifier; rename or uninstall it",
        "插件 {plugin} 占用了已有校验器的名称“{name}”；请改名或卸载",
    ),
}
