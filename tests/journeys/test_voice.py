"""A voice note through the whole running system. A robot speaks it, of whose words a machine that
learnt from people understands few: that they come through is tested, not how well."""

import httpx
from sqlalchemy import select

from bench.speech import lasting, recorded, speak
from bench.town import SimulatedCitizen, Town
from bot import vietnamese
from db.models import Attachment, Case
from db.session import Database
from tests.journeys.desk import at_desk
from tests.programs import require


async def test_a_voice_note_becomes_words_a_card_a_code_and_a_transcript_for_staff(
    town: Town, phones: httpx.AsyncClient, records: Database
) -> None:
    require("espeak-ng")
    recording = recorded(lasting(speak("cảm ơn anh chị", 140), 6), "ogg")
    an = await SimulatedCitizen.arrive(phones, "An")
    await an.write("Rác chất đống trước cổng chợ phường Lê Chân cả tuần không ai dọn")
    await an.hear()
    await an.send_voice(recording)
    assert (await an.hear())["text"] == vietnamese.LISTENING
    echo = (await an.hear())["text"]
    before, _, words = vietnamese.HEARD.partition("{text}")
    assert echo.startswith(before)
    assert "ơn anh" in echo
    code = await an.follow("")

    async with records.in_transaction() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        query = select(Attachment).where(Attachment.case_id == case.id)
        kept = (await session.scalars(query)).one()
        assert kept.transcript is not None
        assert echo == before + kept.transcript + words
    async with at_desk(town, records) as binh:
        page = (await binh.open(f"/vu-viec/{code}")).text
        assert "Máy nghe được, có thể sai" in page
        assert kept.transcript in page
        file = await binh.open(f"/vu-viec/{code}/tep/{kept.id}")
        assert file.content == recording
        assert file.headers["content-disposition"].endswith('.ogg"')


async def test_a_voice_note_alone_is_heard_and_asked_about(
    town: Town, phones: httpx.AsyncClient
) -> None:
    require("espeak-ng")
    an = await SimulatedCitizen.arrive(phones, "Bình")
    await an.send_voice(recorded(speak("tôi muốn phản ánh việc đổ rác thải"), "ogg"))
    assert (await an.hear())["text"] == vietnamese.LISTENING
    assert "muốn phản ánh" in (await an.hear())["text"]
    asked = await an.hear()
    assert an.offered(asked)
