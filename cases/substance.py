"""Whether an answer says what was done. Pure rules over words, for the writer to mend by.

"Đã chuyển", "ghi nhận", "đang xem xét" tell a citizen nothing; people are dissatisfied with public
answers mostly for that. So what says nothing is taken away, and a deed, or figures and enough words
that explain, must be left. A machine cannot tell whether it is true: the citizen does.

An answer that names a deed is never refused for a phrase that stands beside it.
"""

from dataclasses import dataclass

from routing.answer_words import AT_END, VAGUE, AnswerWords
from routing.text import Match, Token, normalise, tokenise

# Words that must be left: beside a deed; with figures but no deed; the same with vague phrases.
WITH_DEED, EXPLAINED, EXPLAINED_DESPITE = 5, 8, 25

SAYS_NOTHING, NO_DEED, TOO_SHORT = "says_nothing", "no_deed", "too_short"
FAULT_WORDS = {
    SAYS_NOTHING: "Câu trả lời cho biết vụ việc đi đến đâu, chưa cho biết đã làm được gì",
    NO_DEED: "Chưa nêu việc cụ thể đã làm: làm gì, ở đâu, kết quả ra sao",
    TOO_SHORT: "Quá ngắn: xin nêu thêm ở đâu, kết quả ra sao, việc gì còn lại",
}


@dataclass(frozen=True)
class Fault:
    """Why an answer is sent back; `phrases` are its words that say nothing."""

    code: str
    phrases: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """In Vietnamese, for the writer."""
        quoted = ", ".join(f"“{phrase}”" for phrase in self.phrases)
        return f"{FAULT_WORDS[self.code]} ({quoted})." if quoted else f"{FAULT_WORDS[self.code]}."


def find_faults(text: str, words: AnswerWords) -> tuple[Fault, ...]:
    """Why the answer says too little; nothing where it says what was done."""
    tokens = _without_fillers(tokenise(normalise(text)), words)
    matches = [one for one in words.empty.everywhere(tokens) if _counts(one, tokens)]
    covered = {at for match in matches for at in range(match.start, match.end)}
    left = [token for at, token in enumerate(tokens) if at not in covered]
    vague = [match for match in matches if match.payload in (VAGUE, AT_END)]
    has_deed = _names_deed(tokens, covered, words)
    needed = EXPLAINED_DESPITE if vague else EXPLAINED
    has_figure = any(token.word.isdigit() for token in left)
    if (has_deed and len(left) >= WITH_DEED) or (has_figure and len(left) >= needed):
        return ()
    return _faults(text, tokens, vague, has_deed=has_deed)


def _faults(
    text: str, tokens: list[Token], vague: list[Match[str]], *, has_deed: bool
) -> tuple[Fault, ...]:
    phrases = dict.fromkeys(
        text[tokens[one.start].start : tokens[one.end - 1].end] for one in vague
    )
    found = [Fault(SAYS_NOTHING, tuple(phrases))] if phrases else []
    return (*found, Fault(TOO_SHORT if has_deed else NO_DEED))


def _without_fillers(tokens: list[Token], words: AnswerWords) -> list[Token]:
    fillers = words.fillers.everywhere(tokens)
    dropped = {at for match in fillers for at in range(match.start, match.end)}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _counts(match: Match[str], tokens: list[Token]) -> bool:
    """A phrase that says nothing at the end of a clause only counts there."""
    is_at_end = match.end == len(tokens) or not tokens[match.end].glued
    return match.payload != AT_END or is_at_end


def _names_deed(tokens: list[Token], covered: set[int], words: AnswerWords) -> bool:
    """ "Đã" with a verb that is no empty phrase, or a phrase of the table's."""
    for at in range(len(tokens) - 1):
        is_past = tokens[at].word.lower() in ("đã", "da") and tokens[at + 1].glued
        if is_past and not {at, at + 1} & covered:
            return True
    found = words.deeds.everywhere(tokens)
    return any(not covered.intersection(range(one.start, one.end)) for one in found)
