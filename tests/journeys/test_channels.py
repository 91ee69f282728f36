"""The same conversation on Telegram and on Zalo: petition, card, question, code, answer, word."""

import httpx
from sqlalchemy import select

from bench.chaos import picture
from bench.town import CODE, SimulatedCitizen, Town
from db.models import Attachment, Case, Citizen
from db.session import Database
from tests.journeys.desk import answer, at_desk


async def test_a_petition_is_filed_asked_about_answered_and_settled(
    town: Town,
    phones: httpx.AsyncClient,
    records: Database,
    channel: type[SimulatedCitizen],
) -> None:
    an = await channel.arrive(phones, "An")
    words = "Cống trước cổng trường ở phường Lê Chân tắc cả tháng, hễ mưa là ngập nhà tôi"
    await an.send_photos([picture(3)], words)
    card = await an.hear()
    assert "Thoát nước, ngập úng" in card["text"]
    assert "Phường Lê Chân" in card["text"]
    await an.write("mấy ngày thì có trả lời vậy?")  # A question in the middle.
    said = await an.hear()
    assert "ngày" in said["text"]
    again = said if an.offered(said) else await an.hear()
    await an.tap(again, "Đồng ý và gửi")
    code = CODE.search((await an.hear())["text"])
    assert code is not None

    async with records.in_transaction() as session:
        case = (await session.scalars(select(Case).where(Case.code == code[0]))).one()
        citizen = await session.get_one(Citizen, case.citizen_id)
        files = await session.scalars(select(Attachment).where(Attachment.case_id == case.id))
        assert (case.text, citizen.channel) == (words, an.channel)
        assert [file.kind for file in files] == ["photo"]

    async with at_desk(town, records) as binh:
        done = "Đội thoát nước đã thông cống chiều 20/11, có ảnh tại phòng quản lý."
        await answer(binh, code[0], done)
        answered = await an.hear()
        assert done in answered["text"]
        await an.tap(answered, "Chưa giải quyết")
        assert "được mở lại" in (await an.hear())["text"]
        await answer(binh, code[0], "Đã thay tấm đan vỡ sáng nay, nước đã rút hết.")
    settled = await an.hear()
    await an.tap(settled, "Đã giải quyết")
    thanks = await an.hear()
    assert "kết thúc" in thanks["text"]
    await an.tap(thanks, "5")
    assert "góp ý" in (await an.hear())["text"]
    async with records.in_transaction() as session:
        case = (await session.scalars(select(Case).where(Case.code == code[0]))).one()
        assert (case.state, case.closed_by, case.rating) == ("closed", "citizen", 5)
