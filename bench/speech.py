"""A robot's voice, for tests and load runs: that recordings pass through, not how well people are
heard. The program espeak-ng speaks it."""

import io
import subprocess
import wave
from typing import Any

import av

# How telephones record: container, codec and samples a second.
KINDS = {
    "ogg": ("ogg", "libopus", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "m4a": ("ipod", "aac", 44_100),
}


def speak(text: str, words_a_minute: int = 110) -> bytes:
    """Vietnamese words as WAV."""
    command = ["espeak-ng", "-v", "vi", "-s", str(words_a_minute), "--stdout", text]
    piped = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(piped)) as said:  # A pipe's header does not know the length.
        return _wav(said.getparams(), said.readframes(said.getnframes()))


def silence(seconds: float) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(22_050)
        target.writeframes(b"\0\0" * int(22_050 * seconds))
    return written.getvalue()


def lasting(recording: bytes, seconds: float) -> bytes:
    """A WAV said again and again until it lasts so long."""
    with wave.open(io.BytesIO(recording)) as said:
        frames, params = said.readframes(said.getnframes()), said.getparams()
    length = int(seconds * params.framerate) * params.sampwidth
    return _wav(params, (frames * (length // len(frames) + 1))[:length])


def recorded(recording: bytes, kind: str) -> bytes:
    """A WAV as a telephone sends it: 'ogg' (a voice note), 'mp3' or 'm4a'."""
    container, codec, rate = KINDS[kind]
    written = io.BytesIO()
    with (
        av.open(io.BytesIO(recording), "r") as source,
        av.open(written, "w", format=container) as target,
    ):
        stream: Any = target.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate)
        for frame in [*source.decode(audio=0), None]:
            for resampled in resampler.resample(frame):
                target.mux(stream.encode(resampled))
        target.mux(stream.encode(None))
    return written.getvalue()


def _wav(params: Any, frames: bytes) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as target:
        target.setparams(params._replace(nframes=0))
        target.writeframes(frames)
    return written.getvalue()
