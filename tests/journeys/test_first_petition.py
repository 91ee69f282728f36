"""The main job in a real browser: petition, card, code, console, answer, the citizen's word."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from bench.town import Town
from bench.walk import ChatPage, ConsolePage, chromium
from tests.playground.conftest import png
from tests.programs import require

ANSWER = (
    "Đội thoát nước đã thông cống chiều 20/11, có ảnh tại phòng quản lý; sẽ kiểm tra lại 30/11."
)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(require("chromium")) as opened:
        yield opened


async def test_a_petition_is_answered_and_settled_in_the_browser(
    town: Town, browser: Browser
) -> None:
    phone = ChatPage(await browser.new_page(viewport={"width": 400, "height": 820}))
    await phone.open(town.chat_url)
    await phone.write(
        "Cống trước cổng trường ở phường Lê Chân tắc cả tháng, hễ mưa là ngập nhà tôi"
    )
    card = await phone.expect_message("Xin kiểm tra trước khi gửi")
    for shown in ("Thoát nước, ngập úng", "Phường Lê Chân", "Cơ quan trả lời:", "chậm nhất ngày"):
        assert shown in card
    await phone.tap("Đồng ý và gửi")
    code = await phone.read_code()

    desk = ConsolePage(await browser.new_page(viewport={"width": 1280, "height": 900}))
    await desk.log_in(town.console_url, town.first_password, "mat-khau-cua-toi-2026")
    await desk.open_case(code)
    page = desk.page.locator("main")
    await expect(page).to_contain_text("Vì sao chuyển như vậy")
    await expect(page).to_contain_text("responsibilities:drainage_flooding")
    await desk.answer(ANSWER, photo=png(300, 200))

    await expect(phone.page.locator("#messages img").last).to_be_visible()
    assert ANSWER in await phone.expect_message(ANSWER)
    await phone.tap("Chưa giải quyết")
    await phone.expect_message("được mở lại")
    await desk.page.reload()
    await expect(page).to_contain_text("Mở lại")
    await desk.answer_vaguely("Đã chuyển đơn vị chức năng xử lý.")
    await desk.answer("Đã thay tấm đan vỡ sáng nay, nước đã rút hết.")
    await phone.expect_message("Đã thay tấm đan vỡ")
    await phone.tap("Đã giải quyết")
    await phone.expect_message(f"{code} kết thúc")
    await desk.page.reload()
    await expect(page).to_contain_text("Đã kết thúc")
