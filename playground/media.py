"""What Telegram works out about a file that was sent: its folder, ending, and a picture's size."""

import struct
from pathlib import PurePosixPath

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice"}


def suffix_of(kind: str, file_name: str | None) -> str:
    """The ending of the stored path: Telegram names photos .jpg and voice messages .oga."""
    if kind == "photo":
        return ".jpg"
    if kind == "voice":
        return ".oga"
    suffix = PurePosixPath(file_name or "").suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ""


def image_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels of a PNG, GIF, JPEG or WebP picture; None for anything else."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", content[16:24])
        elif content[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack("<HH", content[6:10])
        elif content.startswith(b"\xff\xd8"):
            width, height = _jpeg_size(content)
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            width, height = _webp_size(content)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def image_type(content: bytes) -> str | None:
    """The picture's media type by its first bytes; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the first start-of-frame segment (ITU T.81, table B.1). (0, 0) when there is none."""
    at = 2
    while at < len(content) - 9:
        if content[at] != 0xFF:
            return 0, 0
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    """From the first chunk (RFC 9649)."""
    form = content[12:16]
    if form == b"VP8X":
        return (
            1 + int.from_bytes(content[24:27], "little"),
            1 + int.from_bytes(content[27:30], "little"),
        )
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF


def scaled(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The same picture with its longer side at most `longest` pixels."""
    factor = min(1.0, longest / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
