"""`python -m bot.hearing SECONDS`: a recording on standard input, its words on standard output.

A process of its own for one recording (`bot.voice` says why), which imports nothing of ours. It
answers {"text"} or {"why"} as JSON; what lasts longer than SECONDS is not heard.
"""

import io
import json
import os
import resource
import sys
import unicodedata
from collections.abc import Iterator

import av
import av.error
import numpy as np
from numpy.typing import NDArray
from vietasr import Pipeline

Samples = NDArray[np.int16]

RATE = 16_000
# In one go the model has places for a talk of under four minutes and loses, silently, what follows;
# shorter pieces also keep its memory small.
PIECE = 30 * RATE
_QUIET = RATE // 10
# What people's telephones record. No play lists: ffmpeg would open what they name.
FORMATS = "ogg,mp3,wav,aac,amr,flac,matroska,webm,mov,mp4,m4a,3gp,caf"
_MEMORY_BYTES = 2 * 1024**3
_CPU_SECONDS = 240


class TooLong(Exception):
    """It lasts longer than was allowed."""


def decode(recording: bytes, longest: int) -> Samples:
    """The first sound track, mono, 16 kHz, 16 bit. Raises TooLong, and av.error.FFmpegError or
    ValueError where there is no sound to be read."""
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    with av.open(io.BytesIO(recording), "r", options=options) as container:
        if not container.streams.audio:
            raise ValueError("no sound track")
        blocks, length = [], 0
        for block in _blocks(container):
            blocks.append(block)
            length += block.size
            if length > longest * RATE:  # Of a file of hours no more is opened.
                raise TooLong
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


def _blocks(container: av.container.InputContainer) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    for frame in _frames(container):
        for resampled in resampler.resample(frame):
            yield resampled.to_ndarray().reshape(-1).astype(np.int16, copy=False)


def _frames(container: av.container.InputContainer) -> Iterator[av.AudioFrame | None]:
    yield from container.decode(audio=0)
    yield None  # What the resampler still holds.


def pieces(samples: Samples) -> Iterator[Samples]:
    """The recording in pieces of half a minute at most, cut where it is quietest."""
    rest = samples
    while rest.size > PIECE:
        cut = PIECE // 2 + _quietest(rest[PIECE // 2 : PIECE])
        yield rest[:cut]
        rest = rest[cut:]
    yield rest


def _quietest(samples: Samples) -> int:
    """The middle of the quietest tenth of a second."""
    whole = samples[: samples.size // _QUIET * _QUIET].astype(np.int32)
    loudness = np.abs(whole).reshape(-1, _QUIET).sum(axis=1)
    return int(loudness.argmin()) * _QUIET + _QUIET // 2


def hear(recording: bytes, longest: int) -> dict[str, str]:
    """The words, or why there are none."""
    try:
        samples = decode(recording, longest)
    except TooLong:
        return {"why": "too_long"}
    except (av.error.FFmpegError, ValueError):
        return {"why": "broken"}
    pipeline = Pipeline.preset("transcribe")
    words = [word for piece in pieces(samples) for word in pipeline.transcribe(piece).text.split()]
    text = unicodedata.normalize("NFC", " ".join(words))
    return {"text": text} if any(c.isalnum() for c in text) else {"why": "nothing"}


def main() -> None:
    os.nice(10)  # Citizens who write are answered first.
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # Nobody's voice in a core file.
    json.dump(hear(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
