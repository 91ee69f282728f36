"""A new user's walk in a real browser: the chat page and the console.

The browser journey test and the README's screenshots share these steps.
"""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, FilePayload, Page, async_playwright, expect

from bench.town import CODE

# Debian's browser; flags that keep it from calling home where there is no internet.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000


def find_chromium() -> str | None:
    """Debian's chromium, or None where it is not installed."""
    return shutil.which("chromium")


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


class ChatPage:
    """The citizen at the phone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    async def open(self, url: str, citizen: int = 1001) -> None:
        await self.page.goto(f"{url}/?citizen={citizen}")
        await self.page.get_by_role("button", name="Bắt đầu").click()
        await self.expect_message("Xin chào. Đây là Lắng Nghe")

    async def write(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Tin nhắn").fill(text)
        await self.page.get_by_role("button", name="Gửi", exact=True).last.click()

    async def tap(self, label: str) -> None:
        messages = self.page.locator("#messages")
        await messages.get_by_role("button", name=label, exact=True).last.click()

    async def expect_message(self, words: str) -> str:
        """The text of the last message with these words, once it is there."""
        message = self.page.locator("#messages li").filter(has_text=words).last
        await expect(message).to_be_visible()
        return await message.inner_text()

    async def read_code(self) -> str:
        found = CODE.search(await self.expect_message("Đã nhận. Mã vụ việc"))
        assert found is not None
        return found[0]


class ConsolePage:
    """The officer at the desk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    async def log_in(self, url: str, one_time: str, chosen: str) -> None:
        """The first log-in: the one-time password must be changed before anything else."""
        await self.page.goto(url)
        await self.page.get_by_label("Tên đăng nhập").fill("quantri")
        await self.page.get_by_label("Mật khẩu", exact=True).fill(one_time)
        await self.page.get_by_role("button", name="Đăng nhập").click()
        await expect(self.page).to_have_url(re.compile("/doi-mat-khau"))
        fields = self.page.locator("input[type=password]")
        await fields.nth(0).fill(one_time)
        await fields.nth(1).fill(chosen)
        await fields.nth(2).fill(chosen)
        await self.page.locator("main form button[type=submit]").click()
        await expect(self.page).to_have_url(re.compile("/vu-viec"))

    async def open_case(self, code: str) -> None:
        await self.page.get_by_role("link", name=code).first.click()
        await expect(self.page.get_by_role("heading", name=code)).to_be_visible()

    async def answer(self, text: str, *, photo: bytes | None = None) -> None:
        """Say what was done, today, by whom the form proposes; without a photo, say why."""
        await self._fill_in(text, photo)
        await self.page.get_by_role("button", name="Gửi trả lời").click()
        await expect(self.page.get_by_role("status")).to_contain_text("Đã ghi trả lời")

    async def answer_vaguely(self, text: str) -> None:
        """An answer that comes back to its writer, with what was typed."""
        await self._fill_in(text, None)
        await self.page.get_by_role("button", name="Gửi trả lời").click()
        await expect(self.page.get_by_role("alert")).to_contain_text("Chưa gửi cho người dân")
        await expect(self.page.get_by_label("Đã làm gì")).to_have_value(text)

    async def _fill_in(self, text: str, photo: bytes | None) -> None:
        await self.page.get_by_label("Đã làm gì").fill(text)
        day = self.page.get_by_label("Ngày làm")
        await day.fill(await day.get_attribute("max") or "")
        if photo is None:
            await self.page.get_by_label("Nếu không có, vì sao").fill("Không chụp được ảnh.")
        else:
            file = FilePayload(name="xong.png", mimeType="image/png", buffer=photo)
            await self.page.get_by_label("Ảnh, tài liệu kết quả").set_input_files(file)
