"""The recogniser on real speech, a robot's, and on what is no speech at all. How well people are
heard no test here can tell."""

import asyncio
import io
import os
import wave
from pathlib import Path

import psutil
import pytest

from bench.speech import KINDS, lasting, recorded, silence, speak
from bot.heard import LONGEST_MINUTES, NotHeard
from bot.voice import Busy, LocalRecogniser
from tests.programs import require

# Of what the robot says few words are understood by a machine that learnt from people: these are.
SEND, THANKS = "gửi đi", "cảm ơn anh chị"


@pytest.fixture(scope="session")
def send() -> bytes:
    require("espeak-ng")
    return speak(SEND)


async def hear(recording: bytes, media_type: str | None = None) -> str | NotHeard:
    return await LocalRecogniser().hear(recording, media_type)


@pytest.mark.parametrize("kind", ["wav", *KINDS])
async def test_words_are_heard_in_every_format_of_a_telephone(kind: str) -> None:
    require("espeak-ng")
    spoken = lasting(speak(THANKS, 140), 6)
    heard = await hear(spoken if kind == "wav" else recorded(spoken, kind), "audio/ogg")
    assert isinstance(heard, str)
    assert "ơn anh" in heard


async def test_what_is_said_after_minutes_of_talk_is_heard_too() -> None:
    """In one piece the model loses the end of so long a talk."""
    require("espeak-ng")
    talk = lasting(speak("Trước cổng trường tiểu học phường Lê Chân có ổ gà to."), 235)
    heard = await hear(one_after_another(talk, lasting(speak(THANKS, 140), 6)))
    assert isinstance(heard, str)
    assert "ơn anh" in heard[-60:]


def one_after_another(*recordings: bytes) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as target:
        for number, recording in enumerate(recordings):
            with wave.open(io.BytesIO(recording)) as said:
                if number == 0:
                    target.setparams(said.getparams())
                target.writeframes(said.readframes(said.getnframes()))
    return written.getvalue()


async def test_silence_is_no_words() -> None:
    assert await hear(recorded(silence(3), "ogg")) == NotHeard("nothing")


async def test_a_recording_that_is_too_long_is_not_heard() -> None:
    over = recorded(silence(LONGEST_MINUTES * 60 + 2), "ogg")
    assert await hear(over) == NotHeard("too_long")


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"OggS", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, bytes(range(256)) * 400, b"MZ" * 9000],
)
async def test_what_is_no_recording_is_broken(content: bytes) -> None:
    assert await hear(content, "audio/ogg") == NotHeard("broken")


async def test_a_recording_that_was_cut_off_is_no_error(send: bytes) -> None:
    whole = recorded(lasting(send, 12), "ogg")
    heard = await hear(whole[: len(whole) * 2 // 3])
    assert isinstance(heard, str)
    assert "gửi" in heard


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
    ],
)
async def test_a_play_list_opens_no_file_of_ours(
    playlist: str, send: bytes, tmp_path: Path
) -> None:
    ours = tmp_path / "ours.wav"
    ours.write_bytes(send)
    assert await hear(playlist.format(path=ours).encode()) == NotHeard("broken")


async def test_the_process_that_listens_can_be_killed_and_the_next_recording_is_heard(
    send: bytes,
) -> None:
    recogniser = LocalRecogniser()
    listening = asyncio.create_task(recogniser.hear(lasting(send, 120), None))
    process = await listener()
    process.kill()
    assert await listening == NotHeard("crashed")
    assert await recogniser.hear(send, None) == SEND


async def listener() -> psutil.Process:
    """The process that listens, once it is at work."""
    for _ in range(200):
        for child in psutil.Process().children():
            if "bot.hearing" in child.cmdline() and child.cpu_times().user > 0.2:
                return child
        await asyncio.sleep(0.02)
    raise AssertionError("nobody listens")


async def test_who_listens_too_long_is_ended(send: bytes) -> None:
    recogniser = LocalRecogniser(patience=0.5)
    assert await recogniser.hear(lasting(send, 200), None) == NotHeard("timeout")
    assert not [c for c in psutil.Process().children() if "bot.hearing" in c.cmdline()]


async def test_a_second_recording_waits_outside(send: bytes) -> None:
    recogniser = LocalRecogniser()
    listening = asyncio.create_task(recogniser.hear(send, None))
    await listener()
    with pytest.raises(Busy):
        await recogniser.hear(send, None)
    assert await listening == SEND


async def test_a_worker_that_stops_leaves_nobody_listening(send: bytes) -> None:
    listening = asyncio.create_task(LocalRecogniser().hear(lasting(send, 200), None))
    process = await listener()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert not process.is_running()


async def test_the_process_that_listens_knows_no_key(
    send: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_LOOKUP_KEY", "x" * 32)
    listening = asyncio.create_task(LocalRecogniser().hear(lasting(send, 60), None))
    process = await listener()
    assert not [name for name in process.environ() if name.startswith("LANGNGHE")]
    assert "LANGNGHE_LOOKUP_KEY" in os.environ
    process.kill()
    await listening
