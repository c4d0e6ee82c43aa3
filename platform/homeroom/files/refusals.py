"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import DUPLICATE, INVALID, NOT_FOUND, NOTHING_HERE, TOO_LARGE, TOO_MANY, UNAVAILABLE, Code

EMPTY_FILE: Final = INVALID.with_text("The file is empty.")
FILE_KIND: Final = INVALID.with_text("The file must be one of these kinds: {kinds}.")
TOO_MANY_FILES: Final = TOO_MANY.with_text("At most {most} files can be attached.")
NO_SUCH_FILE: Final = NOTHING_HERE.with_text("There is no such file, or you do not have access to it.")
CONTENT_LOST: Final = UNAVAILABLE.with_text("The content of this file cannot be found. Tell the operator.")
NOBODY_HAS_NUMBER: Final = NOT_FOUND.with_text("{file}: nobody has this number.")
SAME_PERSON: Final = DUPLICATE.with_text("{file}: this is the same person as {other}.")
PICTURE_TOO_LARGE: Final = TOO_LARGE.with_text("{file}: the picture is too large.")
NOT_A_PICTURE: Final = Code("NOT_A_PICTURE", "{file}: this is not a JPEG, PNG or WebP picture that can be read.")
NOT_A_ZIP: Final = Code("NOT_A_ZIP", "The file is not a zip.")
NO_PICTURES: Final = INVALID.with_text("The zip has no picture.")
PICTURE_BYTES: Final = TOO_LARGE.with_text("The picture has more than {most} bytes.")
PICTURE_PIXELS: Final = TOO_LARGE.with_text("The picture has more than {most} pixels.")
PICTURE_FORMAT: Final = NOT_A_PICTURE.with_text("This is not a JPEG, PNG or WebP picture that can be read.")
