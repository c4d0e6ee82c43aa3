"""From a file that somebody sends to a picture that the school keeps: encoded again, so that nothing else comes along.

A camera writes into its files where and when they were taken, and with what. None of that is kept: the picture is
turned as the camera held it, brought to size and written as a new JPEG.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import Refusal
from homeroom.files.refusals import PICTURE_BYTES, PICTURE_FORMAT, PICTURE_PIXELS
from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.faults import Fault, FileRefused, refusing
from homeroom.refusals import TOO_LARGE, Code

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.uploads import Upload

__all__ = ["DECODERS", "MOST_BYTES", "MOST_PIXELS", "Picture", "PictureRefused", "prepare", "read_picture"]

#: Bytes that a picture may have as it comes.
MOST_BYTES: Final = 10 * 1024 * 1024
#: Pixels that it may have: 25 million in three colours are 75 MB of memory.
MOST_PIXELS: Final = 25_000_000
#: Pixels of the longer side of what is kept, and of the small one.
_SIDE: Final = 1024
_SMALL_SIDE: Final = 160
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
#: What a process that reads pictures loads before.
DECODERS: Final = ("PIL.Image", "PIL.ImageOps", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin")
_WHITE: Final = (255, 255, 255)


class PictureRefused(ValueError):  # noqa: N818 - it says what happened
    """A content that is no picture which is taken.

    Args:
        code: What is wrong.
        values: What the text of the code names in braces.
    """

    def __init__(self, code: Code, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept.

    Args:
        whole: JPEG, its longer side 1024 pixels at most.
        small: JPEG, its longer side 160 pixels at most.
    """

    whole: bytes
    small: bytes


def picture_of(content: bytes) -> Picture:
    """As :func:`prepare`; runs apart. Raises FileRefused."""
    try:
        return prepare(content)
    except PictureRefused as fault:
        raise FileRefused([Fault("", 0, "", fault.code, **fault.values)]) from None


_PICTURE: Final = Reader(f"{__name__}:picture_of", Picture, preload=DECODERS)


async def read_picture(context: Context, upload: Upload, field: str) -> Picture:
    """Read a picture that somebody sends: JPEG, PNG or WebP of at most 10 MB and 25 million pixels.

    Args:
        context: The command's.
        upload: The file.
        field: The input field that it came in.

    Raises:
        Refusal: TOO_LARGE, or NOT_A_PICTURE.
    """
    content = b""
    async for piece in upload.chunks():
        content += piece
        if len(content) > MOST_BYTES:
            raise Refusal(TOO_LARGE, field, most=MOST_BYTES)
    with refusing(field):
        (picture,) = await read_apart(context, _PICTURE, content=content)
    return picture


def prepare(content: bytes) -> Picture:
    """Make the pictures that are kept. What a decoder makes of a hostile file is bounded only where this runs apart.

    Args:
        content: JPEG, PNG or WebP by what it holds, whatever its name says.

    Raises:
        PictureRefused: TOO_LARGE by bytes or pixels, NOT_A_PICTURE if it is none of the three or is damaged.
    """
    # It is loaded where it is first needed: few processes ever see a picture.
    from PIL import Image, ImageOps

    if len(content) > MOST_BYTES:
        raise PictureRefused(PICTURE_BYTES, most=MOST_BYTES)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            # The head of the file says so, before anything of it is unpacked.
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused(PICTURE_PIXELS, most=MOST_PIXELS)
            # A JPEG can be unpacked at half its size or less.
            opened.draft("RGB", (_SIDE, _SIDE))
            opened.load()
            picture: Image.Image = ImageOps.exif_transpose(opened)
            if picture.has_transparency_data:
                shown = picture.convert("RGBA")
                picture = Image.new("RGB", shown.size, _WHITE)
                picture.paste(shown, mask=shown.getchannel("A"))
            else:
                picture = picture.convert("RGB")
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # The library has a limit of its own, far above ours, and stops at it before we see the size.
        raise PictureRefused(PICTURE_PIXELS, most=MOST_PIXELS) from None
    except Exception:  # noqa: BLE001 - what a damaged or hostile file makes a decoder raise is of every kind
        raise PictureRefused(PICTURE_FORMAT) from None
    return Picture(_written(picture, _SIDE), _written(picture, _SMALL_SIDE))


def _written(picture: object, side: int) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    fitted = picture.copy()
    fitted.thumbnail((side, side))
    # What a copy still carries of the source, such as its profile and its comment, a new image does not.
    plain = Image.new("RGB", fitted.size)
    plain.paste(fitted)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
