"""Blend: how much to believe the linear model and the encoder, and how sure to sound.

Both are fitted on texts that neither of the two has seen, apart for texts with and without
diacritics, because the encoder is worth less where diacritics had to be guessed.
"""

from typing import Any, List, NamedTuple

import numpy as np
from scipy.optimize import minimize

from components.linear import Scores, softmax

_TEMPERATURES = np.geomspace(0.25, 4.0, 81)
_TINY = 1e-12

Flags = "np.ndarray[Any, np.dtype[np.bool_]]"


class Weights(NamedTuple):
    """Factors of the two models' scores."""

    linear: float
    encoder: float


class Blend:
    """One pair of weights for accented texts and one for others."""

    def __init__(self) -> None:
        self.accented = self.unaccented = Weights(1.0, 1.0)

    def fit(self, linear: Scores, encoder: Scores, wanted: Scores, accented: Flags) -> "Blend":
        """Finds the weights with the least log loss.

        Args:
            linear, encoder: scores, texts x labels.
            wanted: 1.0 where a label is a right answer, texts x labels; a text may have two.
            accented: which texts have diacritics.
        """
        self.accented = _best_weights(linear[accented], encoder[accented], wanted[accented])
        self.unaccented = _best_weights(linear[~accented], encoder[~accented], wanted[~accented])
        return self

    def scores(self, linear: Scores, encoder: Scores, accented: Flags) -> Scores:
        """The weighed sum, texts x labels."""
        pairs = np.where(accented[:, None], [self.accented], [self.unaccented])
        result: Scores = linear * pairs[:, :1] + encoder * pairs[:, 1:]
        return result


def _best_weights(linear: Scores, encoder: Scores, wanted: Scores) -> Weights:
    if not len(linear):
        return Weights(1.0, 1.0)

    def loss(factors: "np.ndarray[Any, Any]") -> float:
        shares = softmax(factors[0] * linear + factors[1] * encoder)
        return float(-np.log((shares * wanted).sum(axis=1) + _TINY).mean())

    found = minimize(loss, np.array([0.7, 0.7]), method="Nelder-Mead")
    return Weights(*(max(0.0, float(factor)) for factor in found.x))


def best_temperature(scores: Scores, wanted: Scores) -> float:
    """What to divide scores by so that the first answer's share says how often it is right.

    The least mean square of (share of the first, right or not). A second right answer counts: where
    two are right, neither gets all of the share, but the first is right all the same.
    """
    first = scores.argmax(axis=1)
    right = wanted[np.arange(len(scores)), first]
    errors: List[float] = [
        float(np.mean((softmax(scores / t).max(axis=1) - right) ** 2)) for t in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(errors))])
