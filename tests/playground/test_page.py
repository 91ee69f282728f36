"""The chat page in a real browser, as wide as a narrow phone."""

import asyncio
import os
import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import FilePayload, Page, async_playwright, expect

from tests.programs import require

from .conftest import AN, Playground, png


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """A tab of 360 pixels that fails the test on any error of the page's own script."""
    flags = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require("chromium"), args=flags)
        tab = await browser.new_page(viewport={"width": 360, "height": 740})
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        yield tab
        await browser.close()
        assert errors == []


def hear(playground: Playground) -> str:
    return str(playground.result("getUpdates", offset=-1)[0]["message"].get("text"))


async def test_a_first_conversation_by_tap_and_by_keyboard(
    playground: Playground, page: Page
) -> None:
    await page.goto(f"{playground.url}/?citizen={AN}")
    await page.get_by_role("button", name="Bắt đầu").click()
    words = page.get_by_role("textbox", name="Tin nhắn")
    await words.fill("Mất nước")
    await words.press("Shift+Enter")
    await words.press_sequentially("ba ngày")
    await words.press("Enter")
    await expect(page.locator(".mine .text")).to_have_text(["/start", "Mất nước\nba ngày"])
    assert hear(playground) == "Mất nước\nba ngày"
    await expect(words).to_have_value("")

    rows = [[{"text": "Gửi đi", "callback_data": "ok"}]]
    card = playground.result(
        "sendMessage", chat_id=AN, text="Đúng chưa?", reply_markup={"inline_keyboard": rows}
    )
    await page.get_by_role("button", name="Gửi đi").click()
    query = playground.result("getUpdates", offset=-1)[0]["callback_query"]
    answer = {"callback_query_id": query["id"], "text": "Đã nhận"}
    playground.result("answerCallbackQuery", **answer)
    await expect(page.get_by_role("status")).to_have_text("Đã nhận")
    playground.result("editMessageText", chat_id=AN, message_id=card["message_id"], text="Xong.")
    await expect(page.get_by_text("Xong.")).to_be_visible()
    await expect(page.get_by_role("button", name="Gửi đi")).to_have_count(0)


async def test_nothing_that_is_said_becomes_part_of_the_page(
    playground: Playground, page: Page
) -> None:
    attack = '<img src=x onerror="document.title=1"><script>alert(1)</script>'
    playground.say(attack)
    playground.result("sendMessage", chat_id=AN, text=attack)
    playground.http.post("/api/citizens", json={"first_name": attack[:60]})
    await page.goto(f"{playground.url}/?citizen={AN}")
    await expect(page.locator(".text")).to_have_text([attack, attack])
    await expect(page).to_have_title(re.compile("Lắng Nghe"))
    assert await page.locator(".messages img, .messages script").count() == 0


async def test_photos_and_places_are_sent_and_nothing_is_wider_than_the_phone(
    playground: Playground, page: Page
) -> None:
    playground.say("/start")
    playground.result("sendMessage", chat_id=AN, text="x" * 400)
    await page.goto(f"{playground.url}/?citizen={AN}")
    picture = FilePayload(name="ổ gà.png", mimeType="image/png", buffer=png(2000, 500))
    await page.locator("#files").set_input_files([picture])
    await page.get_by_label("Chú thích").fill("trước cổng trường")
    await page.locator("#files-dialog").get_by_role("button", name="Gửi").click()
    await expect(page.locator(".mine img")).to_be_visible()
    await page.get_by_role("button", name="Gửi vị trí").click()
    await page.get_by_role("button", name="Bến xe thử").click()
    await expect(page.get_by_text("Vị trí: 20,85")).to_be_visible()
    heard = [update["message"] for update in playground.result("getUpdates")]
    assert heard[1]["caption"] == "trước cổng trường"
    assert heard[2]["location"] == {"latitude": 20.85, "longitude": 106.68}
    widths = "[document.documentElement, document.getElementById('scroll')]"
    overflows = await page.evaluate(f"{widths}.map(e => e.scrollWidth - e.clientWidth)")
    assert overflows == [0, 0]


async def test_blocking_hides_the_typing_field_until_it_is_taken_back(
    playground: Playground, page: Page
) -> None:
    playground.say("/start")
    await page.goto(f"{playground.url}/?citizen={AN}")
    await page.get_by_role("button", name="Chặn bot", exact=True).click()
    await expect(page.locator("#composer")).to_be_hidden()
    assert playground.refusal("sendMessage", chat_id=AN, text="x").startswith("Forbidden")
    await page.get_by_role("button", name="Bỏ chặn bot").click()
    await expect(page.locator("#composer")).to_be_visible()


async def test_another_citizens_answer_shows_a_dot(playground: Playground, page: Page) -> None:
    playground.say("/start", 1002)
    playground.result("sendMessage", chat_id=1002, text="Chào chị")
    await page.goto(f"{playground.url}/?citizen={AN}")
    await page.get_by_role("button", name="Đổi người dân, có tin mới").click()
    await page.get_by_role("link", name="Trần Thị Hạnh").click()
    await expect(page.get_by_role("log")).to_contain_text("Chào chị")
    await asyncio.to_thread(playground.say, "của người khác", AN)
    await expect(page.get_by_role("log")).not_to_contain_text("của người khác")
