"""Words of danger to life, read without the model: it may be down, and it may be wrong. Pure.

The list is short on purpose: it adds advice to an answer and decides nothing else, so a false
alarm costs a sentence. Phrases are folded (no diacritics, lower case).
"""

from typing import Literal

from routing.text import fold

Urgency = Literal["danger", "self_harm"]

_SELF_HARM = (
    "tu tu", "tu sat", "tu thieu", "khong muon song", "ko muon song", "k muon song",
    "muon chet", "chet cho xong", "chet quach", "nhay cau", "nhay lau", "uong thuoc sau",
)  # fmt: skip
_DANGER = (
    "chay nha", "nha chay", "chay to", "chay lon", "boc chay", "phat hoa", "chay rung",
    "duoi nuoc", "chet duoi", "bi nuoc cuon", "sap nha", "nha sap", "cay do de",
    "dut day dien", "day dien dut", "dien dut", "toe lua", "dien giat", "ro ri dien",
    "ro gas", "ro ri gas", "no binh gas", "bat tinh", "chay mau nhieu", "nguy kich",
    "chem nhau", "dang danh nhau", "cam dao", "doa giet", "bi danh dap", "bat coc",
)  # fmt: skip


def urgency_of(text: str) -> Urgency | None:
    """What a text says of danger right now, self-harm first; None where it says nothing."""
    folded = f" {' '.join(_words(text))} "
    if any(f" {phrase} " in folded for phrase in _SELF_HARM):
        return "self_harm"
    if any(f" {phrase} " in folded for phrase in _DANGER):
        return "danger"
    return None


def _words(text: str) -> list[str]:
    letters = "".join(c if c.isalnum() else " " for c in fold(text))
    return letters.split()
