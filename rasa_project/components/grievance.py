"""GrievanceModel: the linear model and the encoder together. Knows nothing of Rasa.

One set of labels serves intents and categories: `report/<category>` and the plain intents. The
legal type is a second decision over the same features, the FAQ key of a question a third.
"""

from typing import Any, Dict, List, NamedTuple, Text, Tuple

import numpy as np

from components.blend import Blend, best_temperature
from components.encoder import Reading, SentenceEncoder
from components.holdout import is_held_out
from components.linear import Features, LinearHead, Scores, softmax
from components.restoration import Restorer
from components.text import fold, is_accented

REPORT = "report/"


class Example(NamedTuple):
    """One training text. Empty strings stand for "none"."""

    written: str  # As in data/nlu: decides whether the encoder was kept from it.
    text: str  # Normalised.
    label: str
    secondary: str = ""
    legal: str = ""
    faq: str = ""
    is_plain: bool = False  # Not written to be hard: says how often the model is right.


class Understood(NamedTuple):
    """Shares that sum to one, by name."""

    intents: Dict[str, float]  # Plain intents and `report`.
    categories: Dict[str, float]  # Which, if it is a report at all.
    legal_types: Dict[str, float]


class _Linear:
    """The linear half: features, a head for the labels and one for the legal types."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config
        self.features = Features(config)
        self.labels, self.legal_types = LinearHead(), LinearHead()

    def fit(self, examples: List[Example]) -> Any:
        """Learns both heads. Returns the features of the texts and then of the folded texts."""
        rows = self.features.fit([e.text for e in examples])
        self.labels.fit(rows, [e.label for e in examples] * 2, self._config)
        typed = [i for i, e in enumerate(examples * 2) if e.legal]
        types = [e.legal for e in examples * 2 if e.legal]
        self.legal_types.fit(rows[typed], types, self._config)
        return rows


class GrievanceModel:
    """Learns from examples; understands normalised texts."""

    def __init__(self, config: Dict[Text, Any], encoder: SentenceEncoder) -> None:
        self._config = config
        self.encoder = encoder
        self._restorer = Restorer()
        self._linear = _Linear(config)
        self._faq: Dict[str, LinearHead] = {}
        self._labels, self._legal = Blend(), Blend()
        self._intent_temperature = self._category_temperature = self._legal_temperature = 1.0

    def __getstate__(self) -> Dict[Text, Any]:
        """The network is stored beside the model, not inside it."""
        return {key: value for key, value in vars(self).items() if key != "encoder"}

    def fit(self, examples: List[Example]) -> None:
        """Learns everything; the weights and temperatures on what the encoder never saw.

        Raises ValueError where the encoder was adapted to other labels.
        """
        self._check_labels(examples)
        self._restorer.fit(e.text for e in examples if is_accented(e.text))
        held = [e for e in examples if is_held_out(e.written)]
        self._linear.fit([e for e in examples if not is_held_out(e.written)])
        self._calibrate(held)
        rows = self._linear.fit(examples)
        self._fit_faq(examples, rows)

    def read(self, texts: List[str]) -> List[Understood]:
        """What is understood of each normalised text."""
        labels, legal = self._score(texts)
        intents = self._intents(softmax(labels / self._intent_temperature))
        inside = [i for i, name in enumerate(self.encoder.intents) if name.startswith(REPORT)]
        categories = softmax(labels[:, inside] / self._category_temperature)
        names = [self.encoder.intents[i][len(REPORT) :] for i in inside]
        types = softmax(legal / self._legal_temperature)
        return [
            Understood(
                intents[row],
                dict(zip(names, categories[row].tolist(), strict=True)),
                dict(zip(self.encoder.legal_types, types[row].tolist(), strict=True)),
            )
            for row in range(len(texts))
        ]

    def evidence(self, text: str, category: str) -> List[float]:
        """How much each word (between spaces) of a normalised text speaks for a category."""
        return self._linear.features.evidence(text, self._linear.labels, REPORT + category)

    def faq_keys(self, intent: str, text: str) -> Dict[str, float]:
        """Shares of the FAQ keys of an intent; empty where it has none."""
        head = self._faq.get(intent)
        if head is None:
            return {}
        # Margins become shares by the same factor as those of the labels.
        margins = head.scores(self._linear.features.of([text]))
        shares = softmax(self._labels.accented.linear * margins)[0]
        return dict(zip(head.classes, shares.tolist(), strict=True))

    def _check_labels(self, examples: List[Example]) -> None:
        unknown = {e.label for e in examples} ^ set(self.encoder.intents)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise ValueError(f"the encoder was adapted to other labels ({names}): run make encoder")

    def _score(self, texts: List[str]) -> Tuple[Scores, Scores]:
        """Blended scores of labels and legal types, in the encoder's order."""
        accented = np.array([is_accented(text) for text in texts])
        linear, seen = self._halves(texts)
        return (
            self._labels.scores(linear[0], seen.intents, accented),
            self._legal.scores(linear[1], seen.legal_types, accented),
        )

    def _halves(self, texts: List[str]) -> Tuple[Tuple[Scores, Scores], Reading]:
        """The scores of the linear model and of the encoder, in the encoder's order."""
        rows = self._linear.features.of(texts)
        linear = (
            _in_order(self._linear.labels, rows, self.encoder.intents),
            _in_order(self._linear.legal_types, rows, self.encoder.legal_types),
        )
        readable = [t if is_accented(t) else self._restorer.restore(t) for t in texts]
        return linear, self.encoder.read(readable)

    def _calibrate(self, held: List[Example]) -> None:
        """Each held-out text counts as written and folded."""
        both = [*held, *(e._replace(text=fold(e.text)) for e in held)]
        texts = [e.text for e in both]
        accented = np.array([is_accented(text) for text in texts])
        linear, seen = self._halves(texts)
        wanted = _wanted(both, self.encoder.intents)
        self._labels.fit(linear[0], seen.intents, wanted, accented)
        scores = self._labels.scores(linear[0], seen.intents, accented)
        self._intent_temperature = best_temperature(*self._by_intent(scores, both))
        reports = np.array([bool(e.legal) for e in both])
        inside = [i for i, name in enumerate(self.encoder.intents) if name.startswith(REPORT)]
        # A third of the other lines were written to be confused, which is not how people write.
        plain = np.array([e.is_plain for e in both])
        self._category_temperature = best_temperature(
            scores[plain][:, inside], wanted[plain][:, inside]
        )
        typed = [e for e in both if e.legal]
        types = np.array([[float(e.legal == n) for n in self.encoder.legal_types] for e in typed])
        halves = linear[1][reports], seen.legal_types[reports]
        self._legal.fit(*halves, types, accented[reports])
        legal = self._legal.scores(*halves, accented[reports])
        self._legal_temperature = best_temperature(legal, types)

    def _by_intent(self, scores: Scores, examples: List[Example]) -> Tuple[Scores, Scores]:
        """Scores and right answers of the intents, `report` being the sum of its categories."""
        plain = [i for i, name in enumerate(self.encoder.intents) if not name.startswith(REPORT)]
        inside = [i for i, name in enumerate(self.encoder.intents) if name.startswith(REPORT)]
        top = scores[:, inside].max(axis=1, keepdims=True)
        report = top + np.log(np.exp(scores[:, inside] - top).sum(axis=1, keepdims=True))
        wanted = _wanted(examples, self.encoder.intents)
        any_report = wanted[:, inside].max(axis=1, keepdims=True)
        return (
            np.hstack([scores[:, plain], report]),
            np.hstack([wanted[:, plain], any_report]),
        )

    def _intents(self, shares: Scores) -> List[Dict[str, float]]:
        """The shares of the categories added up as `report`."""
        found = []
        for row in shares.tolist():
            intents: Dict[str, float] = {}
            for name, share in zip(self.encoder.intents, row, strict=True):
                intent = name.split("/")[0]
                intents[intent] = intents.get(intent, 0.0) + share
            found.append(intents)
        return found

    def _fit_faq(self, examples: List[Example], rows: Any) -> None:
        for intent in sorted({e.label for e in examples if e.faq}):
            chosen = [i for i, e in enumerate(examples * 2) if e.label == intent and e.faq]
            keys = [(examples * 2)[i].faq for i in chosen]
            self._faq[intent] = LinearHead().fit(rows[chosen], keys, self._config)


def _in_order(head: LinearHead, rows: Any, names: List[str]) -> Scores:
    """A head's scores with the columns in the order of these names."""
    places = [head.classes.index(name) for name in names]
    result: Scores = head.scores(rows)[:, places]
    return result


def _wanted(examples: List[Example], names: List[str]) -> Scores:
    """1.0 where a label is right: the first category, and the second where there is one."""
    places = {name: place for place, name in enumerate(names)}
    wanted = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        wanted[row, places[example.label]] = 1.0
        if example.secondary:
            wanted[row, places[REPORT + example.secondary]] = 1.0
    return wanted
