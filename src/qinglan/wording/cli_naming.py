"""What ``scheme`` says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.scheme": Phrase(
        "Say what a project's labels and criteria are called and what their levels mean; without "
        "a file, show it as TOML.",
        "设置项目的标签与评分准则的名称及各级含义；不给文件时以 TOML 显示现有方案。",
    ),
    "cli.scheme.file": Phrase(
        "A TOML file; keys that are there stay, texts may change, and old answers come along.",
        "TOML 文件；已有的 key 须保留，文字可改，原有作答随之沿用。",
    ),
    "cli.scheme.done": Phrase(
        "{project}: the scheme is at version {version}", "{project}：标注方案为第 {version} 版"
    ),
}
