"""Small pictures: honest ones, and what an attacker sends in their place."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image

PLACE = "31.2304N"
"""What a telephone writes into its pictures, and nobody may find again."""


def packed(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def png(colour: str = "navy", size: tuple[int, int] = (48, 32)) -> bytes:
    return packed(Image.new("RGB", size, colour), "PNG")


def photo(size: tuple[int, int] = (64, 40)) -> bytes:
    """A telephone's JPEG: on its side, with the place where it was taken, a comment and a page."""
    about = Image.Exif()
    about[0x0112], about[0x010E] = 6, PLACE
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    taken = packed(image, "JPEG", exif=about, comment=PLACE.encode(), quality=90)
    return taken + f"<script>alert('{PLACE}')</script>".encode()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@cache
def hostile() -> dict[str, tuple[bytes, str]]:
    """What is no picture to take, and the key of what is said of it."""
    moving = packed(
        Image.new("L", (4, 4)), "GIF", save_all=True, append_images=[Image.new("L", (4, 4), 9)]
    )
    return {
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no_picture"),
        "html": (b"<!doctype html><script>alert(1)</script>", "no_picture"),
        "html behind a signature": (b"GIF89a/*<script>alert(1)</script>*/", "picture_damaged"),
        "pdf": (b"%PDF-1.7", "no_picture"),
        "nothing": (b"", "no_picture"),
        "cut off": (photo()[:300], "picture_damaged"),
        "moving": (moving, "picture_moves"),
        "bomb": (claiming(60_000, 60_000), "picture_pixels"),
        "large": (claiming(9_000, 9_000), "picture_pixels"),
        "long": (claiming(40_000, 1), "picture_pixels"),
        "too little": (claiming(300, 300), "picture_damaged"),
    }


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
