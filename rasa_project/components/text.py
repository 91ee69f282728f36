"""Vietnamese text as citizens type it, made comparable: pure functions, no I/O.

Two views of a text are used. *Normalised* keeps the diacritics (NFC, lower case, one tone-mark
style, slips of the keyboard mended, chat abbreviations written out). *Folded* has none, as many
people type on a phone.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Dict, List, Match, Tuple

from components.chat import CHAT_WORDS, spell_out, spell_out_in_passing
from components.slips import decode
from components.syllables import SPELLINGS, SYLLABLES, is_syllable, with_tone, without_tone

# Controls (not white space), soft hyphens, zero-width and direction marks, variation selectors,
# tags, and halves of surrogate pairs: nobody sees them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
# Letters of other alphabets that look like đ and that some keyboards give for it.
_LOOKALIKES = str.maketrans({"ð": "đ", "Ð": "Đ", "ɖ": "đ", "Ɖ": "Đ"})
# A tone mark typed before the mark of the vowel ("e + sắc + mũ") composes to no letter.
_MARKS_SWAPPED = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306\u031b])")
_STRAY_MARK = re.compile("[\u0300-\u036f]")

_VOWEL_FORMS = (
    "aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ"
).split()
_TONELESS = {form: forms[0] for forms in _VOWEL_FORMS for form in forms}
_VOWEL = re.compile(f"[{''.join(_VOWEL_FORMS)}]")
# "điiiii", "quáaaa": a vowel with and without its tone is one letter here.
_LONG_LETTERS = re.compile(
    "|".join(f"[{forms}]{{3,}}" for forms in _VOWEL_FORMS) + r"|([^\W\d_])\1{2,}"
)
# "!!!!", "🙂🙂"; not the slashes of an address.
_LONG_MARKS = re.compile(r"([^\w\s/]|_)\1+")

# Addresses of the web are nobody's chat writing.
_WORD = re.compile(r"https?:/\S+\.\S+|www\.\S+|[^\W_]+")
_PLAIN_WORD = re.compile(r"\w+")
_MAY_BE_SLIP = re.compile(r"[^\W\d_][sfrxjw1-9]|aa|ee|oo|dd")
# "baản": one vowel twice, with its tone and without. "Rơ moóc" and "xoong" are written so.
_HALF_TONED = re.compile(
    "|".join(f"{forms[0]}(?=[{forms[1:]}](?!c|ng))" for forms in _VOWEL_FORMS)
    + "|"
    + "|".join(f"(?<=[{forms[1:]}]){forms[0]}" for forms in _VOWEL_FORMS)
)
_DOUBLED = re.compile(r"([^\W\d_])\1")


def normalise(text: str) -> str:
    """One spelling for the model; normalising twice changes nothing, and no text raises.

    NFC, lower case, single spaces, nothing invisible, "hoà" as "hòa", letters and punctuation
    marks drawn out cut short, Telex and VNI slips decoded, chat abbreviations written out.
    """
    seen = _composed(_INVISIBLE.sub("", text).translate(_LOOKALIKES))
    lowered = " ".join(_composed(seen.lower()).split())
    short = _LONG_MARKS.sub(r"\1", lowered)
    return _spelt_out(_WORD.sub(_mended, short))


def _composed(text: str) -> str:
    """NFC, also where the marks of a letter were typed in the wrong order; marks that make no
    letter are dropped."""
    composed = unicodedata.normalize("NFC", text)
    if not _STRAY_MARK.search(composed):
        return composed
    parts = _MARKS_SWAPPED.sub(r"\2\1", unicodedata.normalize("NFD", composed))
    return unicodedata.normalize("NFC", _STRAY_MARK.sub("", unicodedata.normalize("NFC", parts)))


def _shortened(match: Match[str]) -> str:
    """The one letter of a run, with the tone if it was written on any of them."""
    run = match.group()
    return next((char for char in run if _TONELESS.get(char, char) != char), run[0])


def _mended(match: Match[str]) -> str:
    """A word with its tone mark in place and, where it is no syllable, its slips undone."""
    word = match.group()
    if "." in word:  # An address.
        return word
    if _LONG_LETTERS.search(word) and _VOWEL.search(word):  # Not "cccd", not "hmmm".
        word = _LONG_LETTERS.sub(_shortened, word)
    if word in SPELLINGS:
        return SPELLINGS[word]
    if word in CHAT_WORDS:
        return word
    if not word.isascii():
        word = _HALF_TONED.sub("", word)
    if _MAY_BE_SLIP.search(word):
        word = decode(word)
    return SPELLINGS.get(word) or (word if word.isascii() else _respelt(word))


def _respelt(word: str) -> str:
    """The syllable that a word with diacritics becomes by cutting doubled letters ("lắmm") or by
    giving back the horn of "ươ" ("nuớc"); any other word as it is."""
    toneless, tone = without_tone(_DOUBLED.sub(r"\1", word))
    for letters in (toneless, toneless.replace("uơ", "ươ"), toneless.replace("ưo", "ươ")):
        if letters in SYLLABLES and is_syllable(spelt := with_tone(letters, tone)):
            return spelt
    return word


def _spelt_out(text: str) -> str:
    """The text with its abbreviations spelt out, until no neighbour makes another one clear."""
    before = ""
    while before != text:
        before = text
        text = spell_out_in_passing(_WORD.sub(_spelt_out_word, text))
    return text


def _spelt_out_word(match: Match[str]) -> str:
    return spell_out(match.group(), match.string, *match.span())


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
        for part in char if char < "\x80" else _bare(char):
            chars.append(part)
            offsets.append(index)
    return "".join(chars), [*offsets, len(text)]


@lru_cache(maxsize=4096)
def _bare(char: str) -> str:
    """A character without its marks: "ế" becomes "e", a combining mark nothing."""
    parts = (part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))
    return "".join(_FOLDED_D.get(part, part) for part in parts)


_FOLDED_D: Dict[str, str] = {**dict.fromkeys("đðɖ", "d"), **dict.fromkeys("ĐÐƉ", "D")}


def is_accented(text: str) -> bool:
    """Whether the writer uses diacritics: at least three words in ten carry one.

    A pattern such as "tố cáo" is looked up with its diacritics in such a text ("to cao" there is
    "big and tall"), and without them in any other.
    """
    words = _PLAIN_WORD.findall(unicodedata.normalize("NFC", text))
    marked = sum(1 for word in words if not word.isascii() and fold(word) != word)
    return bool(words) and marked >= 0.3 * len(words)
