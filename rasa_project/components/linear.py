"""A linear model over TF-IDF of characters and words. Knows nothing of Rasa.

It is trained on each text as written and without diacritics, because a model of accented text alone
loses 20 points or more on the unaccented text that many people type.
"""

import re
from typing import Any, Dict, List, Text

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from components.text import fold

_WORD = re.compile(r"\w+")
Scores = "np.ndarray[Any, np.dtype[np.float64]]"


class Features:
    """Sparse TF-IDF of characters inside words, and of words and their pairs."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        options = {"sublinear_tf": True, "dtype": np.float32, "min_df": config["min_df"]}
        span = (config["char_min"], config["char_max"])
        self._chars = TfidfVectorizer(analyzer="char_wb", ngram_range=span, **options)
        self._words = TfidfVectorizer(
            token_pattern=r"\w+",  # noqa: S106
            ngram_range=(1, config["word_max"]),
            **options,
        )

    def fit(self, texts: List[str]) -> csr_matrix:
        """Learns the vocabulary; rows are the texts as they are, then the same texts folded."""
        both = texts + [fold(text) for text in texts]
        chars, words = self._chars.fit_transform(both), self._words.fit_transform(both)
        return hstack([chars, words], format="csr")

    def of(self, texts: List[str]) -> csr_matrix:
        """One row a normalised text."""
        chars, words = self._chars.transform(texts), self._words.transform(texts)
        return hstack([chars, words], format="csr")

    def evidence(self, text: str, head: "LinearHead", name: str) -> List[float]:
        """How much each word (between spaces) of a normalised text speaks for a class, against
        the average of the others."""
        row = self.of([text])
        weights = head.weights_for(name, row.indices) * row.data
        by_feature = dict(zip(row.indices.tolist(), weights.tolist(), strict=True))
        words = text.split()
        pieces_of = self._chars.build_analyzer()
        shares = [self._by_characters(pieces_of(word), by_feature) for word in words]
        own = [_WORD.findall(word) for word in words]
        flat = [(index, term) for index, terms in enumerate(own) for term in terms]
        for place, (index, term) in enumerate(flat):
            shares[index] += self._by_term(term, by_feature)
            if place + 1 < len(flat):
                following, second = flat[place + 1]
                pair = self._by_term(f"{term} {second}", by_feature) / 2
                shares[index] += pair
                shares[following] += pair
        return shares

    def _by_characters(self, pieces: List[str], by_feature: Dict[int, float]) -> float:
        known = (self._chars.vocabulary_.get(piece) for piece in set(pieces))
        return sum(by_feature.get(column, 0.0) for column in known if column is not None)

    def _by_term(self, term: str, by_feature: Dict[int, float]) -> float:
        column = self._words.vocabulary_.get(term)
        offset = len(self._chars.vocabulary_)
        return 0.0 if column is None else by_feature.get(offset + column, 0.0)


class LinearHead:
    """One decision over the features: the scores (logits) of its classes."""

    def __init__(self) -> None:
        self.classes: List[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

    def fit(self, features: csr_matrix, labels: List[str], config: Dict[Text, Any]) -> "LinearHead":
        """A linear support-vector machine a class against all others.

        As good as a logistic regression over all classes on held-out texts, and several times
        faster to train; its scores are margins, which Blend turns into shares.
        """
        machine = LinearSVC(C=config["C"], tol=config["tolerance"], random_state=1)
        machine.fit(features, labels)
        self.classes = [str(name) for name in machine.classes_]
        coefficients, bias = machine.coef_, machine.intercept_
        if len(self.classes) == 2:  # scikit-learn keeps one row for two classes.
            coefficients, bias = np.vstack([-coefficients, coefficients]), np.array([-bias, bias])
        # float32 and feature-major: half the memory, and a product with a sparse row reads few
        # lines.
        self._weights = np.ascontiguousarray(coefficients.T, dtype=np.float32)
        self._bias = bias.astype(np.float32).ravel()
        return self

    def weights_for(self, name: str, columns: "np.ndarray[Any, Any]") -> Scores:
        """What some features add to a class, less what they add to the classes on average."""
        chosen = self._weights[columns]
        result: Scores = chosen[:, self.classes.index(name)] - chosen.mean(axis=1)
        return result

    def scores(self, features: csr_matrix) -> Scores:
        """One row a text, one column a class."""
        result: Scores = (features @ self._weights + self._bias).astype(np.float64)
        return result


class LinearModel:
    """Features with one head: what cross-validation measures (evaluation/)."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._features, self._head = Features(config), LinearHead()

    @property
    def classes(self) -> List[str]:
        """The labels, in the order of the columns of `scores`."""
        return self._head.classes

    def fit(self, texts: List[str], labels: List[str], config: Dict[Text, Any]) -> "LinearModel":
        """Learns from normalised texts."""
        self._head.fit(self._features.fit(texts), labels * 2, config)
        return self

    def scores(self, texts: List[str]) -> Scores:
        """One row a normalised text."""
        return self._head.scores(self._features.of(texts))

    def probabilities(self, texts: List[str]) -> Scores:
        """The same as shares that sum to one."""
        return softmax(self.scores(texts))


def softmax(scores: Scores) -> Scores:
    """Each row as shares that sum to one."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Scores = powers / powers.sum(axis=1, keepdims=True)
    return result
