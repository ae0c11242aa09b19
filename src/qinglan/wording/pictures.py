"""What is said about pictures."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.intake.no_picture": Phrase(
        "{file}: is no PNG, JPEG, WebP or GIF by its content; save it as one of them "
        "(SVG and HTML are never taken)",
        "{file}：从内容看不是 PNG、JPEG、WebP 或 GIF；请另存为其中一种格式（不接受 SVG 和 HTML）",
    ),
    "error.intake.picture_damaged": Phrase(
        "{file}: the picture is damaged ({why}); open it in an image program and save it again",
        "{file}：图片已损坏（{why}）；请用图像软件打开后重新保存",
    ),
    "error.intake.picture_moves": Phrase(
        "{file}: the picture is animated, and only one of its frames would be kept; "
        "save the frame that matters as a PNG",
        "{file}：这是动态图片，只能保留其中一帧；请把需要的那一帧另存为 PNG",
    ),
    "error.intake.picture_too_large": Phrase(
        "{file}: {size} bytes is more than the {limit} that a picture may have; make it smaller, "
        "or raise picture_bytes",
        "{file}：大小为 {size} 字节，超过图片上限 {limit} 字节；请缩小图片，或调高 picture_bytes",
    ),
    "error.intake.picture_pixels": Phrase(
        "{file}: more than the {limit} pixels that a picture may have, or a side that is too long; "
        "make it smaller, or raise picture_pixels",
        "{file}：超过图片上限 {limit} 像素，或边长过大；请缩小图片，或调高 picture_pixels",
    ),
    "error.flow.no_picture": Phrase(
        "there is no such picture, or it is not for you; open the task that shows it",
        "没有这张图片，或者你无权查看；请打开显示它的任务",
    ),
    "error.flow.picture_altered": Phrase(
        "the bytes of picture {id} are not those that were kept; restore the database from a "
        "backup",
        "图片 {id} 的内容与保存时不一致；请从备份恢复数据库",
    ),
    "error.flow.too_many_pictures": Phrase(
        "more than {most} pictures in an hour; wait a while before you add another",
        "一小时内添加的图片超过 {most} 张；请稍后再添加",
    ),
    "error.assignment.foreign_picture": Phrase(
        "the answer shows a picture that is neither yours nor the task's ({picture}); add the "
        "picture here, or take its reference out",
        "答案中引用的图片（{picture}）既不是你添加的，也不属于本任务；请在此处添加图片，或删去该引用",
    ),
    "error.flow.no_picture_folder": Phrase(
        "{folder}: there is no such folder of pictures; name the one that the paths in the file "
        "start from",
        "{folder}：找不到该图片目录；请指定文件中图片路径所相对的目录",
    ),
    "card.images": Phrase(
        "Texts show {images} pictures as `![…](pic_…#640x480)`; the file is `images/pic_….png` (or "
        ".jpg, .webp), and the column `images` lists each row's, in the order of showing.",
        "文本以 `![…](pic_…#640x480)` 引用 {images} 张图片；文件为 `images/pic_….png`（或 .jpg、"
        ".webp），`images` 列按出现顺序列出每一行的图片路径。",
    ),
    "error.flow.release_pictures": Phrase(
        "the texts of release {release} show {images} pictures, which training and evaluation here "
        "do not see: they would learn from, or be asked, words about nothing; load the release "
        "with a vision trainer (column images), or release the tasks without pictures apart",
        "发布 {release} 的文本引用了 {images} 张图片，而本系统的训练与评测看不到图片；"
        "请用支持视觉的训练器加载该发布（images 列），或把不含图片的题目单独发布",
    ),
    "error.flow.teacher_pictures": Phrase(
        "the guideline or {tasks} tasks of {project} show pictures, which are not sent to a model: "
        "it would be asked about what it cannot see; let people answer them, or import the other "
        "tasks as a project of their own",
        "{project} 的说明或其中 {tasks} 道题目含图片，而图片不会发送给模型；"
        "请由人员作答，或把其余题目另建项目导入",
    ),
    "error.intake.bad_image": Phrase(
        "{field}: holds no picture: bytes, a path, a data: address, or a list of them",
        "{field}：不是图片；应为图片字节、路径、data: 地址，或它们的列表",
    ),
    "error.intake.bad_zip": Phrase(
        "{file}: is no ZIP archive that can be read ({why}); pack it again, without a password",
        "{file}：不是可读取的 ZIP 压缩包（{why}）；请重新打包，不要加密码",
    ),
    "error.intake.zip_data": Phrase(
        "{file}: holds {found} data files; pack one of .jsonl, .csv or .parquet with its pictures",
        "{file}：含 {found} 个数据文件；请只放入一个 .jsonl、.csv 或 .parquet 文件及其图片",
    ),
    "error.intake.zip_name": Phrase(
        "{file}: the entry {entry} leads out of the archive, is there twice, is a link, or is "
        "locked; pack plain files by relative names",
        "{file}：条目 {entry} 指向压缩包之外、重复、为链接或已加密；请以相对路径打包普通文件",
    ),
    "error.intake.zip_too_large": Phrase(
        "{file}: unpacks to more than the limit of {limit} (bytes, or files); split it",
        "{file}：解压后超过上限 {limit}（字节数或文件数）；请拆分",
    ),
    "web.import.pictures": Phrase(
        "They show pictures {shown} times.", "其中共引用图片 {shown} 次。"
    ),
    "web.import.unnamed": Phrase(
        "{unnamed} times without a description: who cannot see the picture learns nothing of it.",
        "有 {unnamed} 次没有说明文字：看不到图片的人将无从了解其内容。",
    ),
    "reason.picture_missing": Phrase("a picture it shows is not there", "所引用的图片不存在"),
    "reason.picture_unusable": Phrase("a picture it shows cannot be used", "所引用的图片无法使用"),
    "remedy.picture_missing": Phrase(
        "put the picture where the row says, below the folder of pictures, and import again",
        "把图片放到该行所写的路径（位于图片目录之下），再重新导入",
    ),
    "remedy.picture_unusable": Phrase(
        "save the picture as a still PNG, JPEG or WebP", "将图片另存为静态的 PNG、JPEG 或 WebP"
    ),
    "web.picture.add": Phrase("Add a picture", "添加图片"),
    "web.picture.alt": Phrase(
        "What is on it (for those who cannot see it)", "图片内容说明（供看不到图片的人使用）"
    ),
    "web.picture.attached": Phrase("Pictures in your answer", "你答案中的图片"),
    "web.picture.bringing": Phrase("Sending the picture …", "正在上传图片……"),
    "web.picture.brought": Phrase(
        "The picture is in. Say between the brackets what is on it.",
        "图片已插入。请在方括号中说明图片内容。",
    ),
    "web.picture.hint": Phrase(
        "Or paste it, or drop it onto the text", "也可以粘贴图片，或把图片拖到文本框中"
    ),
    "web.picture.back": Phrase("Back", "返回"),
    "web.picture.copy": Phrase(
        "Copy this line into your text, where the picture should stand.",
        "请把下面这一行复制到正文中图片应出现的位置。",
    ),
    "web.picture.file": Phrase("File", "文件"),
    "web.picture.here": Phrase("The picture is here", "图片已保存"),
    "web.picture.limits": Phrase(
        "PNG, JPEG, WebP or a still GIF, up to {most} MiB and {megapixels} megapixels. Where and "
        "with what it was taken is removed. One that no text shows is deleted after a day.",
        "PNG、JPEG、WebP 或静态 GIF，不超过 {most} MiB、{megapixels} 百万像素。"
        "拍摄地点和设备等信息会被移除。没有被任何文字引用的图片会在一天后删除。",
    ),
    "web.picture.send": Phrase("Send", "上传"),
    "web.picture.unnamed": Phrase("Picture without a description", "没有说明的图片"),
}
