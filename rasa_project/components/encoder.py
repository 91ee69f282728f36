"""SentenceEncoder: what a text means, beyond its words. Runs the network in `encoder/`.

Made from multilingual-e5-small and adapted to grievances by `encoder/adapt.py`; 8-bit weights, run
by ONNX Runtime. It knows accented Vietnamese: a text without diacritics is given to it restored
(components/restoration.py).
"""

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import numpy as np
import onnxruntime
import sentencepiece

FOLDER = Path(__file__).resolve().parents[1] / "encoder"
NETWORK, PIECES, LABELS = "encoder.onnx", "pieces.model", "labels.json"
# Half a page. Longer texts say what they are about before that, and time grows with the length.
LONGEST = 192

# All other characters are a space to the encoder: its tokeniser was cut down to these.
ALPHABET = frozenset(
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
    "0123456789 .,?!:;-/()%\"'+=&*"
)

Scores = "np.ndarray[Any, np.dtype[np.float32]]"


def clean(text: str) -> str:
    """What the tokeniser may see of a normalised text."""
    return " ".join("".join(c if c in ALPHABET else " " for c in text).split())


class Reading(NamedTuple):
    """Scores (logits) of each text: texts x labels."""

    intents: Scores
    legal_types: Scores


class SentenceEncoder:
    """The network, its tokeniser and the names of what it scores.

    Raises FileNotFoundError or ValueError where a part is missing or does not fit.
    """

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        for name in (NETWORK, PIECES, LABELS):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"encoder/{name} is missing: run encoder/adapt.py")
        names: Dict[str, List[str]] = json.loads((folder / LABELS).read_text(encoding="utf-8"))
        self.intents, self.legal_types = names["intents"], names["legal_types"]
        options = onnxruntime.SessionOptions()
        # One thread a text: a server answers many at once.
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(folder / NETWORK), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / PIECES))

    def read(self, texts: List[str]) -> Reading:
        """Scores of normalised texts, each accented or restored."""
        rows = [self._read_one(text) for text in texts]
        return Reading(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))

    def _read_one(self, text: str) -> "List[Any]":
        pieces = self._pieces.encode(clean(text))[:LONGEST]
        ids = [self._pieces.bos_id(), *pieces, self._pieces.eos_id()]
        intents, legal = self._session.run(
            ["intents", "legal_types"], {"pieces": np.array([ids], dtype=np.int64)}
        )
        return [intents[0], legal[0]]
