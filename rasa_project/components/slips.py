"""Telex and VNI keys left in a word, as when the input method is off: "nuowcs", "nu7o7c1" = nước.

Only a word that cannot be anything else is decoded: its keys must give a Vietnamese syllable, and
as it stands it must be no syllable without diacritics, no English word, no abbreviation and no
name of a place with its number ("thon3" is thôn 3). The keys are those of the two methods' own
descriptions (Telex: `aa aw dd ee oo ow uw w` and `s f r x j`; VNI: 1 to 9).
"""

import re
import unicodedata
from typing import FrozenSet, List, Optional

from components.syllables import SYLLABLES, TONES, is_syllable, with_tone, without_tone

_TELEX_TONES = {
    "s": TONES["sắc"],
    "f": TONES["huyền"],
    "r": TONES["hỏi"],
    "x": TONES["ngã"],
    "j": TONES["nặng"],
}
_VNI_TONES = {
    "1": TONES["sắc"],
    "2": TONES["huyền"],
    "3": TONES["hỏi"],
    "4": TONES["ngã"],
    "5": TONES["nặng"],
}
_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_VOWELS = "aăâeêioôơuưy"
_LETTERS = "a-zăâđêôơư"
_SHORTEST, _LONGEST = 3, 11  # "ddi"; "nghieengx" and a slip or two.

# Written without diacritics these are whole words: "thanh", "duoc".
_PLAIN: FrozenSet[str] = frozenset(
    "".join(
        {"đ": "d"}.get(char, char)
        for char in unicodedata.normalize("NFD", syllable)
        if not unicodedata.combining(char)
    )
    for syllable in SYLLABLES
)

# English words, names of goods and chat words that Telex would turn into a syllable ("bus" into
# "bú"). Found by decoding a list of English words; those that Vietnamese people write are kept.
_NOT_SLIPS: FrozenSet[str] = frozenset(
    """
    air arm bar bats bee beer beset best bets bias bins bits boo boom boon boong boost boots
    born bow box buns burn bus bust caps car cast cats chair chaos charm chats cheer chest chips
    choir choo chops co2 cons coong cops corn cos cost cow cows cox ct1 cups cus dawn dax days
    deem deeps deer def dens des does doom door dorm dos dots down dust esc est exe gangs gaps
    gas gis goes goo goof goong gown gums guns hair hangs harm has hats hens her hex his hits
    hix hoax hoops horn host how huts ins ism its keen keeps kits laos laps las last lawn lax
    lee lens les lets lex liar list locs longs loo loof loong loops los lost lots low luis lust
    lux mac1 maps mats max meets mer mins mist mix moo moon moor most must nest nets no1 no2
    noir noon nor norm now nuts oar oops ops pair past pawn pax pays peer pens per pest pets
    pin1 pins pix pm2 pongs poo poor pops porn pos post pox pus puts queen queens quest quits
    rays ref res reset rest rex roar roof room roots row rows runs rust sans says secs see seem
    seems seen sees sets sex sir sits six soar songs sons soon sos sox sums suns sur taps tar
    tax tee teen teens tens term test tex thais this thor thus tips toast tongs tons too toong
    top1 tops torn tos tow town traps trays tree trees trips trust turn tux uow ups var vest
    vets vex vis vow web1 web2 web3 xoong
    """.split()
)

# A number after these is a number: "ngo5", "lop3", "quan1", "km5". Folded.
_NUMBERED: FrozenSet[str] = frozenset(
    """
    an ap bai ban bau ben bot ca can cap cau chi cho chua chuyen cot cum cung dan day dia dien
    doan doi don dong dot duong gia giai gio hem hieu ho hoi hon khoa khoang khoi khu khung kien
    kiet lan lo loai lop luc mau moc moi mon mot muc nam ngach ngay ngo nha nhom no o pho phong
    phuong quan quy quyen so suat ta tam tan tang tap thang the thon thu thua tiet to toa toan
    toi tong tram tran trang trieu tro truong tu tuan tuoi tuyen ty van vi vong vu vung xa xe
    xom y
    """.split()
)


def decode(word: str) -> str:
    """The syllable that a lower-case NFC word was meant to be, or the word as it is."""
    if not _SHORTEST <= len(word) <= _LONGEST or word in _NOT_SLIPS or is_syllable(word):
        return word
    found = _decode_vni(word) if any(char.isdigit() for char in word) else _decode_telex(word)
    return found or word


def _decode_telex(word: str) -> Optional[str]:
    toneless, written = without_tone(word)
    if word in _PLAIN or not _HAS_TELEX_KEY.search(toneless):
        return None
    letters: List[str] = []
    typed, last = "", ""
    for char in toneless:
        if char in _TELEX_TONES and _has_vowel(letters):
            if typed or written not in ("", _TELEX_TONES[char]):
                return None
            typed = _TELEX_TONES[char]
        elif not _apply_telex(letters, char, last):
            if char in _VOWELS and typed and "".join(letters).isascii():
                return None  # Only other keys show a tone before the last vowel: "taxi", "roofi".
            letters.append(char)
        last = char
    return _spelt("".join(letters), typed or written, word)


_HAS_TELEX_KEY = re.compile(rf"[{_LETTERS}][sfrxjw]|aa|ee|oo|dd")


def _has_vowel(letters: List[str]) -> bool:
    return any(char in _VOWELS for char in letters)


def _apply_telex(letters: List[str], key: str, last: str) -> bool:
    """Changes the letters as a key of quality does; False where the key is a letter of its own."""
    if key == "d" and letters == ["d"]:
        letters[0] = "đ"
        return True
    if key in _CIRCUMFLEX and key == last and letters[-1] == key:
        letters[-1] = _CIRCUMFLEX[key]
        return True
    return key == "w" and _add_hook(letters)


def _replace_last(letters: List[str], old: str, new: str) -> bool:
    """Turns the last vowel (or d) into another letter if it is `old`, wherever the coda stands."""
    for index in range(len(letters) - 1, -1, -1):
        if letters[index] == old:
            letters[index] = new
            return True
        if letters[index] in _VOWELS:
            return False
    return False


def _add_hook(letters: List[str]) -> bool:
    """The key w: ươ of "uo", ưa of "ua", else ă, ơ or ư of the last vowel; alone it is ư."""
    text = "".join(letters)
    for old, new in _HOOKS:
        place = text.rfind(old)
        if place >= 0 and not (old[0] == "u" and text[max(0, place - 1) : place] == "q"):
            letters[place : place + len(old)] = list(new)
            return True
    if letters and not _has_vowel(letters):
        letters.append("ư")
        return True
    return False


_HOOKS = (("uo", "ươ"), ("ưo", "ươ"), ("ua", "ưa"), ("a", "ă"), ("o", "ơ"), ("u", "ư"))


def _decode_vni(word: str) -> Optional[str]:
    stem = word.rstrip("0123456789")
    if stem in _NUMBERED or not _VNI.fullmatch(word):
        return None
    toneless, tone = without_tone(word)
    letters: List[str] = []
    for char in toneless:
        if char in _VNI_TONES:
            if tone or not _has_vowel(letters):
                return None
            tone = _VNI_TONES[char]
        elif not char.isdigit():
            letters.append(char)
        elif not _apply_vni(letters, char):
            return None
    return _spelt("".join(letters), tone, word)


_VNI = re.compile(rf"[{_LETTERS}][{_LETTERS}1-9]*")


def _apply_vni(letters: List[str], key: str) -> bool:
    if key == "9":
        return _bar_first_letter(letters)
    if key == "6":
        return any(_replace_last(letters, *pair) for pair in _CIRCUMFLEX.items())
    if key == "8":
        return _replace_last(letters, "a", "ă")
    return key == "7" and _add_hook(letters)


def _bar_first_letter(letters: List[str]) -> bool:
    """The key 9 may come at the end: "di9"."""
    if letters[0] != "d":
        return False
    letters[0] = "đ"
    return True


def _spelt(toneless: str, tone: str, word: str) -> Optional[str]:
    """The syllable of these letters, where "ươ" was meant for "uơ" or "ưo" for "ươ" too."""
    for letters in (toneless, toneless.replace("ưo", "ươ"), toneless.replace("ươ", "uơ")):
        if letters in SYLLABLES:
            syllable = with_tone(letters, tone)
            if is_syllable(syllable) and syllable != word and not syllable.isascii():
                return syllable
    return None
