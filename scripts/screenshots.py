"""Make the README's pictures: a real petition in the chat page, the same case in the console.

    .venv/bin/python -m scripts.screenshots

Starts everything in a folder of its own, walks through it in Debian's chromium, writes
docs/images/*.png and stops. The citizens are the playground's invented ones.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bench.town import ROOT, Town
from bench.walk import ChatPage, ConsolePage, chromium, find_chromium

IMAGES = ROOT / "docs" / "images"
PETITION = (
    "cống trước cổng trường tiểu học ở phường Lê Chân tắc cả tháng nay, hễ mưa là ngập, "
    "các cháu lội nước đi học"
)
PETITION_ON_ZALO = "den duong ngo 7 phuong Le Chan hong 3 tuan nay, toi om ko ai sua"
ANSWER = (
    "Chiều 20/11 đội thoát nước đã nạo vét 40 m cống và thay hai tấm đan vỡ. "
    "Nước đã thoát bình thường; đội sẽ kiểm tra lại sau trận mưa tới."
)


async def take(town: Town, chromium_path: str) -> None:
    async with chromium(chromium_path) as browser:
        phone = ChatPage(await browser.new_page(viewport={"width": 420, "height": 860}))
        await phone.open(town.chat_url)
        await phone.write(PETITION)
        await phone.expect_message("Xin kiểm tra trước khi gửi")
        await phone.page.screenshot(path=IMAGES / "card.png")
        await phone.tap("Đồng ý và gửi")
        code = await phone.read_code()

        desk = ConsolePage(await browser.new_page(viewport={"width": 1280, "height": 860}))
        await desk.log_in(town.console_url, town.first_password, "mat-khau-cho-buc-anh")
        await desk.page.screenshot(path=IMAGES / "queue.png")
        await desk.open_case(code)
        await desk.page.screenshot(path=IMAGES / "case.png")
        await desk.answer(ANSWER)

        await phone.expect_message(ANSWER[:40])
        await phone.tap("Đã giải quyết")
        await phone.expect_message(f"{code} kết thúc")
        await phone.page.screenshot(path=IMAGES / "chat.png")
        await phone.write("/quyenrieng")
        await phone.expect_message("Dữ liệu của anh/chị")
        await phone.page.screenshot(path=IMAGES / "rights.png")

        zalo = ChatPage(await browser.new_page(viewport={"width": 420, "height": 860}))
        await zalo.page.goto(f"{town.chat_url}/zalo/?citizen=1003")
        await zalo.write(PETITION_ON_ZALO)
        await zalo.expect_message("Xin kiểm tra trước khi gửi")
        await zalo.page.screenshot(path=IMAGES / "zalo.png")


def main() -> int:
    path = find_chromium()
    if path is None:
        print("chromium is not installed", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shots-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        town = Town(Path(folder) / "data")
        town.start()
        try:
            asyncio.run(take(town, path))
        finally:
            town.stop()
    print(f"wrote {', '.join(sorted(p.name for p in IMAGES.glob('*.png')))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
