"""Which strings are Vietnamese syllables: onset x rime x tone, written down as tables.

Sources: Đoàn Thiện Thuật, "Ngữ âm tiếng Việt" (1977), for the inventory of onsets and rimes; L. C.
Thompson, "A Vietnamese Reference Grammar" (1965), for which tones go with which endings; the rules
of school spelling (Quyết định 240/QĐ, 1984) for c/k/q, g/gh, ng/ngh and i/y. A syllable of the
tables need not be a word: they answer "could this be Vietnamese?", not "is this in a dictionary?".
"""

import re
import unicodedata
from typing import Dict, FrozenSet, Iterator, Tuple

TONES: Dict[str, str] = {
    "sắc": "\u0301",
    "huyền": "\u0300",
    "hỏi": "\u0309",
    "ngã": "\u0303",
    "nặng": "\u0323",
}
_TONE = re.compile(f"[{''.join(TONES.values())}]")
_VOWELS = "aăâeêioôơuưy"
_MARKED = "ăâêôơư"

# Spelt before any vowel, before the front vowels i, e, ê (y) only, before all others only.
_ONSETS_ANYWHERE = ("", *"b ch d đ h kh l m n nh p ph r s t th tr v x".split())
_ONSETS_FRONT = ("k", "gh", "ngh")
_ONSETS_BACK = ("c", "g", "ng")
# A rounded glide after these is not Vietnamese ("boa", "phuy" are loans).
_LABIALS = frozenset("b m p ph v".split())
# "Y" for /i/ in an open syllable stands after these: hy, kỹ, lý, mỹ, sỹ, tỷ, vy.
_ONSETS_BEFORE_Y = ("", *"h k l m s t v".split())

_RIMES_FRONT = tuple(
    (
        "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ich im in inh ip it iu ia "
        "iêc iêm iên iêng iêp iêt iêu"
    ).split()
)
_RIMES_BACK = tuple(
    (
        "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
        "o oc oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
        "u uc ui um un ung up ut ua uôc uôi uôm uôn uông uôt ư ưc ưi ưng ưt ưu ưa "
        "ươc ươi ươm ươn ương ươp ươt ươu"
    ).split()
)
_RIMES_ROUNDED = tuple(
    (
        "oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet "
        "uân uâng uât uây uê uêch uênh uơ uy uya uych uyên uyêt uyn uynh uyp uyt uyu"
    ).split()
)
_RIMES_INITIAL_Y = tuple("yêm yên yêng yêt yêu".split())
_RIMES_AFTER_QU = tuple(
    (
        "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên "
        "ênh êt êu i it ôc ơ y ych ynh yt yên yêt"
    ).split()
)
_RIMES_AFTER_GI = tuple(
    (
        "a ac ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăt âm ân âp ât âu ây eo ep êc êm ên "
        "êng êt êu o oc oi om on ong op ot ô ôi ôn ông ôt ơ ơi ơn u ua uc ui um un uôc uông ư ưa "
        "ưng ưt ươi ương"
    ).split()
)


def _all_syllables() -> Iterator[str]:
    """Every toneless syllable in its spelling, with the marks of vowel quality."""
    everywhere = [(onset, _RIMES_FRONT + _RIMES_BACK) for onset in _ONSETS_ANYWHERE]
    front = [(onset, _RIMES_FRONT) for onset in _ONSETS_FRONT]
    back = [(onset, _RIMES_BACK) for onset in _ONSETS_BACK]
    rounded = [
        (onset, _RIMES_ROUNDED) for onset in (*_ONSETS_ANYWHERE, "g", "ng") if onset not in _LABIALS
    ]
    special = [
        ("", _RIMES_INITIAL_Y),
        ("qu", _RIMES_AFTER_QU),
        ("gi", _RIMES_AFTER_GI),
        ("g", ("i", "in")),
        *((onset, ("y",)) for onset in _ONSETS_BEFORE_Y),
    ]
    for onset, rimes in (*everywhere, *front, *back, *rounded, *special):
        for rime in rimes:
            if onset or not rime.startswith("iê"):  # At the start of a word it is spelt "yê".
                yield onset + rime


SYLLABLES: FrozenSet[str] = frozenset(_all_syllables())


def without_tone(syllable: str) -> Tuple[str, str]:
    """The syllable without its tone mark, in NFC, and the mark ("" for the level tone).

    A second tone mark, which no syllable has, stays in the first part.
    """
    parts = unicodedata.normalize("NFD", syllable)
    match = _TONE.search(parts)
    if match is None:
        return syllable, ""
    toneless = parts[: match.start()] + parts[match.end() :]
    return unicodedata.normalize("NFC", toneless), match.group()


def with_tone(toneless: str, tone: str) -> str:
    """The syllable with a tone mark where today's spelling has it: "hòa", "thúy", "quý", "giếng".

    Raises ValueError where there is no vowel to carry it.
    """
    if not tone:
        return toneless
    nucleus = _NUCLEUS.search(toneless, 2 if _ONSET_WITH_VOWEL.match(toneless) else 0)
    if nucleus is None:
        raise ValueError("no vowel to carry the tone")
    place = nucleus.start() + _carrier(nucleus.group(), nucleus.end() < len(toneless))
    return unicodedata.normalize("NFC", toneless[: place + 1] + tone + toneless[place + 1 :])


_NUCLEUS = re.compile(f"[{_VOWELS}]+")
_ONSET_WITH_VOWEL = re.compile(f"(?:qu|gi)[{_VOWELS}]")


def _carrier(vowels: str, is_closed: bool) -> int:
    """Which of the vowels carries the tone: the last with a mark of its own, else the second of
    three or before a consonant, else the first."""
    marked = [index for index, vowel in enumerate(vowels) if vowel in _MARKED]
    if marked:
        return marked[-1]
    return 1 if len(vowels) > 2 or (len(vowels) == 2 and is_closed) else 0


def _all_spellings() -> Iterator[Tuple[str, str]]:
    """Every syllable with its tone, wherever the mark may stand, and today's spelling of it.

    Before c, ch, p and t only the tones sắc and nặng exist.
    """
    for toneless in SYLLABLES:
        if not _STOPPED.search(toneless):
            yield toneless, toneless
        for name, tone in TONES.items():
            if name in ("sắc", "nặng") or not _STOPPED.search(toneless):
                spelt = with_tone(toneless, tone)
                for match in _VOWEL.finditer(toneless):
                    place = match.end()
                    variant = toneless[:place] + tone + toneless[place:]
                    yield unicodedata.normalize("NFC", variant), spelt


_STOPPED = re.compile(r"(?:ch|[cpt])$")
_VOWEL = re.compile(f"[{_VOWELS}]")

# "hoà" and "hòa" -> "hòa", "nứơc" -> "nước". No spelling has two readings.
SPELLINGS: Dict[str, str] = dict(_all_spellings())


def is_syllable(word: str) -> bool:
    """Whether a lower-case NFC word is a Vietnamese syllable; the tone mark may stand anywhere."""
    return word in SPELLINGS
