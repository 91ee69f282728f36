"""Checks the training text: enough of each label, no near-duplicates, nothing to measure with.

Similarity is the Jaccard index of the sets of character trigrams, of the folded lower-case text
with single spaces: 1 is the same text, with or without diacritics. Run from anywhere in Rasa's
environment: `python rasa_project/data/check.py`. One line a fault, exit code 1 if there is any.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Iterator, List, Tuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

DATA = Path(__file__).resolve().parent
sys.path[:0] = [str(DATA), str(DATA.parent)]

from build_nlu import NONE, Utterance, read_tables  # noqa: E402
from components.text import fold  # noqa: E402

EVALUATION = DATA.parent / "evaluation"
LEAST_A_CATEGORY, LEAST_AN_INTENT = 200, 60
NEAR_DUPLICATE, OVERLAP = 0.8, 0.6
# Very short messages ("ừ", "ok gửi đi") have few trigrams: one letter is a large share of them.
SHORTEST_COMPARED = 12
ROWS_AT_ONCE = 400


def plain(text: str) -> str:
    """What is compared."""
    return " ".join(fold(text).lower().split())


def measuring_texts() -> List[str]:
    """Every text of the measuring sets, in each way of writing."""
    texts: List[str] = []
    for path in sorted(EVALUATION.glob("*_dev.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts += [value for key, value in row.items() if key.startswith("text") and value]
    return texts


def similar_pairs(
    left: csr_matrix, right: csr_matrix, above: float
) -> Iterator[Tuple[int, int, float]]:
    """Rows of two binary trigram matrices with an index over `above`: (left, right, index)."""
    left_sizes = np.asarray(left.sum(axis=1)).ravel()
    right_sizes = np.asarray(right.sum(axis=1)).ravel()
    for start in range(0, left.shape[0], ROWS_AT_ONCE):
        shared = (left[start : start + ROWS_AT_ONCE] @ right.T).tocoo()
        union = left_sizes[start + shared.row] + right_sizes[shared.col] - shared.data
        index = shared.data / union
        for at in np.flatnonzero(index > above):
            yield int(start + shared.row[at]), int(shared.col[at]), float(index[at])


def counts_too_low(rows: List[Utterance]) -> Iterator[str]:
    """Labels with fewer texts than asked for."""
    categories = {row.label for row in rows if row.legal != NONE}
    for label, count in sorted(Counter(row.label for row in rows).items()):
        least = LEAST_A_CATEGORY if label in categories else LEAST_AN_INTENT
        if count < least:
            yield f"{label}: {count} texts, at least {least} are needed"


def faults(rows: List[Utterance], measuring: List[str]) -> Iterator[str]:
    """What is wrong with the training text, in words."""
    yield from counts_too_low(rows)
    trained = [plain(row.text) for row in rows]
    vectors = CountVectorizer(analyzer="char", ngram_range=(3, 3), binary=True, dtype=np.int32)
    ours = vectors.fit_transform(trained)
    measured = [plain(text) for text in measuring]
    theirs = vectors.transform(measured)
    for i, j, index in similar_pairs(ours, ours, NEAR_DUPLICATE):
        if i < j and min(len(trained[i]), len(trained[j])) >= SHORTEST_COMPARED:
            yield (
                f"near-duplicates ({index:.2f}): "
                f"{rows[i].label}: {rows[i].text!r} / {rows[j].label}: {rows[j].text!r}"
            )
        elif i < j and trained[i] == trained[j] and rows[i].label != rows[j].label:
            yield f"two labels for one text: {rows[i].label}, {rows[j].label}: {rows[i].text!r}"
    for i, j, index in similar_pairs(ours, theirs, OVERLAP):
        if len(trained[i]) >= SHORTEST_COMPARED or trained[i] == measured[j]:
            yield f"too near a measuring text ({index:.2f}): {rows[i].label}: {rows[i].text!r}"


def main() -> int:
    """Prints the faults, or the counts where there are none."""
    try:
        rows = read_tables()
    except (OSError, ValueError) as error:
        print(f"utterances: {error}", file=sys.stderr)
        return 1
    found = list(faults(rows, measuring_texts()))
    for fault in found:
        print(fault, file=sys.stderr)
    labels = Counter(row.label for row in rows)
    print(f"{len(rows)} texts, {len(labels)} labels, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
