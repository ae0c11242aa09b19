"""Pictures from strangers: what a file really is, read within bounds, and written anew.

The name and the stated type of a file count for nothing; its first bytes say what it is, and only
PNG, JPEG, WebP and GIF are taken. SVG and HTML are programs. The size in pixels is judged before
any pixel is unpacked, and one picture is unpacked at a time. What is kept is written anew from the
pixels: so nothing else that the file carried comes along, whether the place where a telephone took
it, a comment, or a second file hidden behind the picture. Pillow is imported here on use.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qinglan.errors import InputError, LimitError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Cleaned", "Media", "PictureLimits", "clean", "sniff"]

Media = Literal["image/png", "image/jpeg", "image/webp"]

JPEG_QUALITY = 95
WEBP_QUALITY = 95

_ALONE = threading.Lock()
"""Unpacked, a picture takes four bytes a pixel, and twice that while it is turned upright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """How large a picture may be: bytes as it comes and as it is kept, pixels, and each side."""

    bytes: int = 10 * 2**20
    pixels: int = 50_000_000
    side: int = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A picture as it is kept."""

    media: Media
    width: int
    height: int
    body: bytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


def sniff(data: bytes) -> str | None:
    """The format by the first bytes: PNG, JPEG, WEBP, GIF, or ``None``."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return "GIF" if data[:6] in (b"GIF87a", b"GIF89a") else None


def clean(data: bytes, limits: PictureLimits, name: str) -> Cleaned:
    """The picture in ``data``, written anew from its pixels, upright, without anything else.

    PNG and GIF become PNG, pixel by pixel; JPEG stays JPEG with its own tables, WebP stays WebP.

    Args:
        data: the whole file.
        limits: how large it may be.
        name: what its owner calls it, for errors.

    Raises:
        InputError: no picture of a known format, damaged, or one that moves.
        LimitError: more bytes or pixels than the limits allow.
    """
    if len(data) > limits.bytes:
        raise LimitError("intake.picture_too_large", file=name, size=len(data), limit=limits.bytes)
    kind = sniff(data)
    if kind is None:
        raise InputError("intake.no_picture", file=name)
    with _ALONE:
        try:
            made = _rewritten(data, kind, limits, name)
        except (InputError, MemoryError):
            raise
        except Exception as error:  # a decoder that is fed nonsense raises whatever it meets
            why = f"{type(error).__name__}: {error}"[:200]
            raise InputError("intake.picture_damaged", file=name, why=why) from error
    if len(made.body) > limits.bytes:
        size = len(made.body)
        raise LimitError("intake.picture_too_large", file=name, size=size, limit=limits.bytes)
    return made


def _rewritten(data: bytes, kind: str, limits: PictureLimits, name: str) -> Cleaned:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=[kind])
    except UnidentifiedImageError:
        raise InputError("intake.picture_damaged", file=name, why="header") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LimitError("intake.picture_pixels", file=name, limit=limits.pixels) from None
    with image:
        width, height = image.size
        if width * height > limits.pixels or max(width, height) > limits.side:
            raise LimitError("intake.picture_pixels", file=name, limit=limits.pixels)
        # A telephone's JPEG may hold a second view behind the first, which is the picture.
        if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
            raise InputError("intake.picture_moves", file=name)
        lossless = kind != "JPEG" and not (kind == "WEBP" and b"VP8L" not in data[: 2**14])
        more = _tables(image) if kind == "JPEG" else {}
        image.load()
        upright = ImageOps.exif_transpose(image)
    return _written(upright, {"GIF": "PNG"}.get(kind, kind), more, lossless=lossless)


def _tables(image: Image.Image) -> dict[str, object]:
    """The JPEG's own tables, so that writing it anew changes next to nothing."""
    from PIL import JpegImagePlugin

    if image.mode != "RGB" and image.mode != "L":
        return {"quality": JPEG_QUALITY}
    sampling = JpegImagePlugin.get_sampling(image)
    tables = getattr(image, "quantization", None)
    if not tables:
        return {"quality": JPEG_QUALITY}
    return {"qtables": tables, **({"subsampling": sampling} if sampling >= 0 else {})}


_MODES = {
    "PNG": ("1", "L", "LA", "P", "I;16", "RGB", "RGBA"),
    "JPEG": ("L", "RGB"),
    "WEBP": ("RGB", "RGBA"),
}  # fmt: skip


def _written(image: Image.Image, kind: str, more: dict[str, object], *, lossless: bool) -> Cleaned:
    """A file of the pixels alone."""
    if image.mode not in _MODES[kind]:
        see_through = image.mode in ("PA", "La", "LA") or "transparency" in image.info
        image = image.convert("RGBA" if see_through and kind != "JPEG" else "RGB")
    elif kind == "PNG" and "transparency" in image.info:
        image = image.convert("RGBA")
    image.info = {}
    out = io.BytesIO()
    if kind == "PNG":
        image.save(out, "PNG")
    elif kind == "JPEG":
        image.save(out, "JPEG", exif=b"", icc_profile=None, **more)
    else:
        image.save(
            out, "WEBP", lossless=lossless, quality=WEBP_QUALITY, exif=b"", icc_profile=None,
            method=2,
        )  # fmt: skip
    media: dict[str, Media] = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
    return Cleaned(media=media[kind], width=image.width, height=image.height, body=out.getvalue())
