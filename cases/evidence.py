"""Files that staff show for an answer: looked at before they are kept, and shown to the citizen.

Threat: a photo from a telephone says where it was taken and by which device, and a file can be
another than it claims. So pictures are drawn anew without anything but their pixels, and of other
files only PDF is taken, by its first bytes.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 10 * 1024 * 1024  # Of a photo, also Telegram's: core.telegram.org/bots/api#sendphoto
MOST_FILES = 5
LONGEST_SIDE = 2560
MOST_PIXELS = 80_000_000
_PICTURES = ("JPEG", "PNG", "WEBP")


class UnusableFile(ValueError):
    """The file cannot be shown to a citizen; the message says why, in Vietnamese."""


@dataclass(frozen=True)
class Evidence:
    """A file as it is kept: `kind` is photo or document."""

    kind: str
    media_type: str
    content: bytes


def read_evidence(name: str, content: bytes) -> Evidence:
    """What is kept of a file that staff chose. Raises UnusableFile."""
    if len(content) > LARGEST_FILE:
        raise UnusableFile(f"Tệp “{name}” lớn quá 10 MB.")
    if content.startswith(b"%PDF-"):
        return Evidence("document", "application/pdf", content)
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURES) as picture:
            return Evidence("photo", "image/jpeg", _redraw(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise UnusableFile(f"Tệp “{name}” không phải ảnh JPG, PNG, WebP hoặc PDF.") from error


def _redraw(picture: Image.Image) -> bytes:
    """The pixels alone, upright, as a JPEG. Raises UnidentifiedImageError for too many of them."""
    if picture.width * picture.height > MOST_PIXELS:
        raise UnidentifiedImageError("too many pixels")
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=85)
    return out.getvalue()
