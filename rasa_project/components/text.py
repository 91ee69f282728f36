"""Vietnamese text as citizens type it, made comparable: pure functions, no I/O.

Two views of a text are used. *Normalised* keeps the diacritics (NFC, lower case, one tone-mark
style, common chat abbreviations written out). *Folded* has none, as many people type on a phone.
"""

import re
import unicodedata
from typing import Dict, List, Tuple

# Abbreviations of chat writing with one reading almost everywhere. Ambiguous ones are left to the
# n-grams: "hs" (hồ sơ; học sinh), "ca" (công an; cả), "hong" (không; hỏng), "kg" (không;
# kilogram), single letters for persons.
CHAT_WORDS: Dict[str, str] = {
    "ko": "không",
    "k": "không",
    "hok": "không",
    "hông": "không",
    "khg": "không",
    "dc": "được",
    "đc": "được",
    "r": "rồi",
    "rùi": "rồi",
    "j": "gì",
    "vs": "với",
    "mn": "mọi người",
    "ng": "người",
    "ngta": "người ta",
    "nhg": "nhưng",
    "bik": "biết",
    "cx": "cũng",
    "trc": "trước",
    "lm": "làm",
    "nc": "nước",
    "xl": "xin lỗi",
    "tks": "cảm ơn",
    "thanks": "cảm ơn",
    "ntn": "như thế nào",
    "tp": "thành phố",
    "ubnd": "ủy ban nhân dân",
    "csgt": "cảnh sát giao thông",
}

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_OLD_PLACE = re.compile(r"(?<![qQ])([oO])([àáảãạèéẻẽẹ])(?!\w)|(?<![qQ])([uU])([ỳýỷỹỵ])(?!\w)")
_WORD = re.compile(r"\w+")


def _move_tone(match: "re.Match[str]") -> str:
    """Moves the tone mark of "oà", "oè", "uỳ" to the first vowel: one spelling for the model."""
    first, second = (group for group in match.groups() if group)
    parts = unicodedata.normalize("NFD", second)
    tone = next(char for char in parts if char in _TONES)
    return unicodedata.normalize("NFC", first + tone) + parts.replace(tone, "")


def normalise(text: str) -> str:
    """NFC, lower case, single spaces, "hoà" as "hòa", chat abbreviations written out."""
    lowered = " ".join(unicodedata.normalize("NFC", text).lower().split())
    placed = _OLD_PLACE.sub(_move_tone, lowered)
    return _WORD.sub(lambda match: CHAT_WORDS.get(match.group(), match.group()), placed)


def fold(text: str) -> str:
    """The text without diacritics: "Đường ngập" becomes "Duong ngap". Case is kept."""
    return fold_with_offsets(text)[0]


def fold_with_offsets(text: str) -> Tuple[str, List[int]]:
    """The folded text, and for each of its characters (plus its end) the offset in the original.

    A text in NFD is longer than what is seen; spans found in the folded text are mapped back so
    that an entity's `start` and `end` are right in the text that the client sent.
    """
    chars: List[str] = []
    offsets: List[int] = []
    for index, char in enumerate(text):
        for part in unicodedata.normalize("NFD", char):
            if unicodedata.combining(part):
                continue
            chars.append({"đ": "d", "Đ": "D"}.get(part, part))
            offsets.append(index)
    return "".join(chars), [*offsets, len(text)]


def is_accented(text: str) -> bool:
    """Whether the writer uses diacritics: at least three words in ten carry one.

    A pattern such as "tố cáo" is looked up with its diacritics in such a text ("to cao" there is
    "big and tall"), and without them in any other.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    marked = sum(1 for word in words if fold(word) != word)
    return bool(words) and marked >= 0.3 * len(words)
