"""Restoring diacritics: for the sentence encoder only, which was made from accented text.

A bigram model of syllables, smoothed as by Kneser and Ney (1995), over the training text, and the
most likely accented line by Viterbi's algorithm. What the citizen wrote is never replaced by it.
"""

import math
import re
from collections import Counter, defaultdict
from typing import Dict, Iterable, List, Set, Tuple

from components.text import fold

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_START, _END = "<s>", "</s>"
_DISCOUNT = 0.75
_FLOOR = 1e-12
# A syllable has up to two dozen accented forms; the rarest never win and cost the square.
_CANDIDATES = 12


class Restorer:
    """Learns from normalised accented texts; reads normalised text of any kind."""

    def __init__(self) -> None:
        self._follows: Dict[str, Counter] = {}
        self._seen: Counter = Counter()
        self._share: Dict[str, float] = {}
        self._forms: Dict[str, List[str]] = {}
        self._unseen = math.log(_FLOOR)

    def fit(self, texts: Iterable[str]) -> "Restorer":
        """Counts syllables and pairs. Texts without diacritics would teach that none are needed."""
        follows: Dict[str, Counter] = defaultdict(Counter)
        forms: Dict[str, Set[str]] = defaultdict(set)
        for text in texts:
            tokens = [_START, *_TOKEN.findall(text), _END]
            for left, right in zip(tokens, tokens[1:]):  # noqa: B905 - the second is one shorter
                follows[left][right] += 1
                forms[fold(right)].add(right)
        self._follows = dict(follows)
        self._seen = Counter({left: sum(rights.values()) for left, rights in follows.items()})
        self._share = _shares(follows)
        self._forms = {
            plain: sorted(found, key=lambda form: (-self._share[form], form))[:_CANDIDATES]
            for plain, found in forms.items()
        }
        return self

    def restore(self, text: str) -> str:
        """The text with diacritics on the syllables that have none; unknown ones stay as they are.

        Tokens are joined by single spaces, so that offsets are not those of the text.
        """
        tokens = _TOKEN.findall(text)
        best: Dict[str, Tuple[float, Tuple[str, ...]]] = {_START: (0.0, ())}
        for token in [*tokens, _END]:
            best = self._advance(best, self._candidates(token))
        path: Tuple[str, ...] = best[_END][1]
        return " ".join(path[:-1])

    def _candidates(self, token: str) -> List[str]:
        """What a token may stand for: one with diacritics only for itself."""
        return self._forms.get(token, [token]) if fold(token) == token else [token]

    def _advance(
        self, best: Dict[str, Tuple[float, Tuple[str, ...]]], candidates: List[str]
    ) -> Dict[str, Tuple[float, Tuple[str, ...]]]:
        reached = {}
        for form in candidates:
            score, left = max(
                (score + self._log_probability(left, form), left)
                for left, (score, _) in best.items()
            )
            reached[form] = (score, (*best[left][1], form))
        return reached

    def _log_probability(self, left: str, right: str) -> float:
        seen = self._seen[left]
        share = self._share.get(right, _FLOOR)
        if not seen:
            return math.log(share)
        follows = self._follows[left]
        kept = max(follows[right] - _DISCOUNT, 0.0) / seen
        return math.log(kept + _DISCOUNT * len(follows) / seen * share + _FLOOR)


def _shares(follows: Dict[str, Counter]) -> Dict[str, float]:
    """How likely a syllable is after an unknown one: half by how often it occurs, half by after how
    many different ones (Kneser and Ney's continuation count)."""
    times: Counter = Counter()
    lefts: Counter = Counter()
    for rights in follows.values():
        times.update(rights)
        lefts.update(rights.keys())
    all_times, all_lefts = sum(times.values()), sum(lefts.values())
    return {form: 0.5 * times[form] / all_times + 0.5 * lefts[form] / all_lefts for form in times}
