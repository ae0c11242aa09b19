"""Pictures from strangers, references to them, and how a page shows them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from picture_example import PLACE, hostile, opened, packed, photo, png
from qinglan import pictures
from qinglan.errors import InputError
from qinglan.intake.archives import Unpacked, unpack
from qinglan.intake.pictures import PictureLimits, clean
from qinglan.kinds import canonical
from qinglan.pages import markdown
from qinglan.records import ChatAnswer, EditAnswer, FreeAnswer, StepsAnswer, Turn

LIMITS = PictureLimits()
ID = "pic_" + "a2" * 13
SHOWN = f"![a *cat*]({ID}#640x480)"


@pytest.mark.parametrize("name", hostile())
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_no_picture_is_refused_with_its_name(name: str) -> None:
    data, why = hostile()[name]
    with pytest.raises(InputError) as caught:
        clean(data, LIMITS, "figures/evil.png")
    assert caught.value.key == f"error.intake.{why}"
    assert caught.value.say("zh").startswith("figures/evil.png：")


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(InputError) as caught:
        clean(png(), PictureLimits(bytes=50), "a.png")
    assert caught.value.facts["limit"] == 50


def test_nothing_but_the_pixels_comes_along_and_they_stand_upright() -> None:
    taken = photo()
    assert PLACE.encode() in taken
    kept = clean(taken, LIMITS, "a.jpg")
    assert (kept.media, kept.size) == ("image/jpeg", (40, 64))  # it lay on its side
    assert PLACE.encode() not in kept.body
    assert b"script" not in kept.body
    found = opened(kept.body)
    assert not found.getexif()
    assert "comment" not in found.info
    # Nearly the same pixels: the tables of the JPEG are its own.
    before = opened(taken).transpose(Image.Transpose.ROTATE_270)
    pairs = zip(before.tobytes(), found.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_and_gif_keep_every_pixel(mode: str) -> None:
    image = Image.linear_gradient("L").resize((32, 20))
    image = Image.new(mode, (9, 5), 40_000) if mode == "I;16" else image.convert(mode)
    kept = clean(packed(image, "PNG"), LIMITS, "a.png")
    assert kept.media == "image/png"
    assert opened(kept.body).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
    if mode in ("L", "P"):
        still = clean(packed(image, "GIF"), LIMITS, "a.gif")
        assert still.media == "image/png"
        assert opened(still.body).convert("RGB").tobytes() == image.convert("RGB").tobytes()


def test_webp_stays_webp_and_what_is_see_through_stays_so() -> None:
    image = Image.new("RGBA", (16, 16), (200, 30, 30, 90))
    kept = clean(packed(image, "WEBP", lossless=True), LIMITS, "a.webp")
    assert kept.media == "image/webp"
    assert opened(kept.body).tobytes() == image.tobytes()
    hidden = packed(Image.new("P", (4, 4), 0), "PNG", transparency=0)
    assert opened(clean(hidden, LIMITS, "a.png").body).getpixel((0, 0))[3] == 0


def test_a_reference_is_read_as_it_was_written() -> None:
    made = pictures.refer(ID, (640, 480), "a [cat] | 猫 \n on *two* lines")
    assert pictures.referred([made, "and", made]) == [ID]
    assert pictures.read(f"{ID}#640x480") == pictures.Shown(ID, (640, 480))
    assert pictures.read(ID) == pictures.Shown(ID, None)
    for other in ("a.png", f"{ID}#0x1", f"{ID}/..", f"x{ID}", ID.upper(), f"{ID}#1x1#"):
        assert pictures.read(other) is None, other
    assert pictures.without(f"so {SHOWN}7") == "so 7"
    assert pictures.without(f"`{ID}`") == f"`{ID}`"


def test_no_picture_changes_what_an_answer_says() -> None:
    """Ids hold digits, and a figure may stand anywhere."""
    for text in ("So the answer is 42.", "#### 42", "\\boxed{42}", "42", "答案：42"):
        plain = canonical(FreeAnswer(text=text))
        assert plain.value == "42"
        for shown in (f"{SHOWN}\n\n{text}", f"{text}\n\n{SHOWN}", f"{text} {SHOWN}"):
            assert canonical(FreeAnswer(text=shown)) == plain, shown
            assert canonical(EditAnswer(edited=shown, critique="-")) == plain
            assert canonical(StepsAnswer(steps=("x",), final=shown)) == plain
            turns = (Turn(role="assistant", content=shown),)
            assert canonical(ChatAnswer(turns=turns)) == plain
    assert canonical(FreeAnswer(text=SHOWN)).value is None


def test_a_page_shows_pictures_of_the_workspace_and_no_others() -> None:
    shown = markdown.render(f"see {SHOWN}", unnamed="Unnamed")
    assert (
        f'<img src="/pictures/{ID}" alt="a cat" width="640" height="480" loading="lazy">' in shown
    )
    assert f'<a class="picture" href="/pictures/{ID}" target="_blank"' in shown
    assert 'alt="Unnamed"' in markdown.render(f"![]({ID})", unnamed="Unnamed")
    inside = markdown.render(f"[{SHOWN}](https://example.org)", unnamed="Unnamed")
    assert inside.count("<a ") == 1
    assert "<img" in inside
    for remote in (
        "https://example.org/a.png", "//example.org/a.png", f"/pictures/{ID}", f"{ID}/../../x",
        f"https://example.org/{ID}", "data:image/png;base64,AA==", f"{ID}#999999x1",
    ):  # fmt: skip
        assert "<img" not in markdown.render(f"![a]({remote})", unnamed="Unnamed"), remote
    # A file that somebody keeps has no workbench behind it.
    assert markdown.render(SHOWN) == '<p><span class="image">[a cat]</span></p>\n'


def test_the_words_of_a_picture_break_out_of_nothing() -> None:
    evil = f'![x" onerror="alert(1)]({ID}#1x1 "t\\" onload=alert(1)")'
    shown = markdown.render(evil, unnamed="Unnamed")
    assert 'alt="x&quot; onerror=&quot;alert(1)"' in shown
    assert "onload" not in shown
    assert markdown.render(pictures.refer(ID, (1, 1), "](x) <b>`"), unnamed="U").count("<img") == 1


def archive(path: Path, *entries: tuple[str, bytes], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            about = zipfile.ZipInfo(name)
            about.external_attr = mode << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(about, data)
    return path


def taken(path: Path, *, most: int = 2**20, each: int = 2**16) -> Unpacked:
    into = path.parent / "into"
    into.mkdir()
    return unpack(path, into, endings=(".jsonl",), most=most, each=each, name="a.zip")


def test_an_archive_gives_its_data_and_the_pictures_beside_it(tmp_path: Path) -> None:
    long = b"0" * 2**17
    made = archive(
        tmp_path / "a.zip", ("set/t.jsonl", b"{}\n"), ("set/图/a.png", png()), ("set/b.png", long),
        ("__MACOSX/t.jsonl", b""), ("set/.DS_Store", b""), ("set/empty/", b""),
    )  # fmt: skip
    found = taken(made)
    assert found.data.read_bytes() == b"{}\n"
    assert (found.images / "图" / "a.png").read_bytes() == png()
    assert (found.images / "b.png").stat().st_size == 2**16 + 1, "too long, and seen to be"
    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == ["set"]


@pytest.mark.parametrize(
    "name", ["../t.jsonl", "/etc/t.jsonl", "a/../../t.jsonl", "a\\..\\t.jsonl", "c:t.jsonl",
             "./t.jsonl", "n" * 500],
)  # fmt: skip
def test_an_archives_names_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    made = archive(tmp_path / "a.zip", ("t.jsonl", b"{}"), (name, b"x"))
    with pytest.raises(InputError) as caught:
        taken(made)
    assert caught.value.key == "error.intake.zip_name"
    assert list((tmp_path / "into").iterdir()) == []


def test_a_hostile_archive_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    cases = {
        "zip_too_large": archive(tmp_path / "bomb", ("t.jsonl", b"0" * 2**21)),
        "zip_name": archive(tmp_path / "link", ("t.jsonl", b"/etc/passwd"), mode=0o120777),
        "zip_data": archive(tmp_path / "two", ("a.jsonl", b""), ("b/c.jsonl", b"")),
        "bad_zip": tmp_path / "cut",
    }
    cases["bad_zip"].write_bytes(cases["zip_data"].read_bytes()[:-30])
    for number, (why, path) in enumerate(cases.items()):
        place = tmp_path / str(number)
        place.mkdir()
        with pytest.raises(InputError) as caught:
            taken(path.rename(place / "a.zip"))
        assert caught.value.key == f"error.intake.{why}"
    many = tmp_path / "many"
    many.mkdir()
    with zipfile.ZipFile(many / "a.zip", "w") as made:
        for n in range(60_001):
            made.writestr(f"{n}", b"")
    with pytest.raises(InputError) as caught:
        taken(many / "a.zip")
    assert caught.value.key == "error.intake.zip_too_large"
