"""Five-fold cross-validation of the linear part on the training text. Needs Rasa's environment.

The encoder cannot be adapted anew for each fold, so that it has no part in this.
"""

from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np
from components.classifier import GrievanceClassifier
from components.linear import LinearModel, Scores
from components.text import fold, normalise
from rasa.shared.utils.io import read_yaml_file
from sklearn.model_selection import StratifiedKFold

from .examples import Example
from .figures import REPORT

CONFIG = Path(__file__).resolve().parent.parent / "config.yml"
FOLDS = 5


def train(texts: List[str], labels: List[str]) -> LinearModel:
    """The linear part alone on normalised texts, with the settings of config.yml."""
    name = GrievanceClassifier.__name__
    steps = read_yaml_file(CONFIG)["pipeline"]
    (step,) = [step for step in steps if step["name"].endswith(f".{name}")]
    config = {**GrievanceClassifier.get_default_config(), **step}
    return LinearModel(config).fit(texts, labels, config)


def best_within(model: LinearModel, rows: Scores, intent: str) -> List[str]:
    """The best label of one intent for each row of scores."""
    columns = [at for at, name in enumerate(model.classes) if name.partition("/")[0] == intent]
    return [model.classes[columns[at]] for at in rows[:, columns].argmax(axis=1)]


def best_intents(model: LinearModel, rows: Scores) -> List[str]:
    """The intent of the best label for each row of scores."""
    return [model.classes[at].partition("/")[0] for at in rows.argmax(axis=1)]


def category_share(model: LinearModel, reports: Sequence[Example], texts: List[str]) -> float:
    """How often the first or second field comes first among the categories."""
    guesses = best_within(model, model.scores(texts), REPORT)
    hits = [
        guess in (example.label, f"{REPORT}/{example.secondary}")
        for example, guess in zip(reports, guesses, strict=True)
    ]
    return float(np.mean(hits))


def measure_labels(learnt: Sequence[Example], held: Sequence[Example]) -> Dict[str, float]:
    """Categories and intents, which one model tells apart."""
    labels = [e.label if e.intent == REPORT else e.intent for e in learnt]
    model = train([normalise(e.text) for e in learnt], labels)
    texts = [normalise(e.text) for e in held]
    intents = best_intents(model, model.scores(texts))
    right = np.array([e.intent == intent for e, intent in zip(held, intents, strict=True)])
    is_report = np.array([e.intent == REPORT for e in held])
    reports = [e for e in held if e.intent == REPORT]
    written = [text for e, text in zip(held, texts, strict=True) if e.intent == REPORT]
    return {
        "category, as written": category_share(model, reports, written),
        "category, without diacritics": category_share(model, reports, [fold(t) for t in written]),
        "grievance read as a report": float(right[is_report].mean()),
        "intent of a short message": float(right[~is_report].mean()),
    }


def measure_keys(learnt: Sequence[Example], held: Sequence[Example]) -> Dict[str, float]:
    """Which answer a question gets, its intent being known; nothing where no question has a key."""
    asked = [e for e in held if e.key and e.intent != REPORT]
    if not asked:
        return {}
    known = [e for e in learnt if e.key and e.intent != REPORT]
    model = train([normalise(e.text) for e in known], [e.label for e in known])
    rows = model.scores([normalise(e.text) for e in asked])
    hits = [
        best_within(model, row[None, :], example.intent) == [example.label]
        for example, row in zip(asked, rows, strict=True)
    ]
    return {"answer to a question, given its intent": float(np.mean(hits))}


def measure_fold(learnt: Sequence[Example], held: Sequence[Example]) -> Dict[str, float]:
    """Trains on the first part and measures on the second: figure -> share."""
    return {**measure_labels(learnt, held), **measure_keys(learnt, held)}


def cross_validate(examples: Sequence[Example]) -> Dict[str, List[float]]:
    """Figure -> its share in each fold; every fold holds the same part of each label."""
    labels = [e.label for e in examples]
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels)
    parts = [
        ([examples[at] for at in kept], [examples[at] for at in held]) for kept, held in splits
    ]
    folds = [measure_fold(*part) for part in parts]
    return {name: [fold[name] for fold in folds] for name in folds[0]}
