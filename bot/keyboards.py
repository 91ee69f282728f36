"""Buttons under the bot's messages, and what a tap says back (Telegram: at most 64 bytes).

Data is `verb:draft number:value` for a draft, `verb:code` for a filed case. The number tells
a tap on an old card from one on the card that is open.
"""

from dataclasses import dataclass

from bot.channel import Rows
from routing.tables import Pack


@dataclass(frozen=True)
class Button:
    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


def rows_of(keyboard: Keyboard) -> Rows:
    """A keyboard as a queued reply holds it."""
    return [[{"text": b.label, "callback_data": b.data} for b in row] for row in keyboard]


def card(number: int, has_consented: bool) -> Keyboard:
    send = "Gửi" if has_consented else "Đồng ý và gửi"
    return (
        (Button(send, f"send:{number}"),),
        (Button("Sửa", f"edit:{number}"), Button("Hủy", f"cancel:{number}")),
    )


def edit_menu(number: int) -> Keyboard:
    return (
        (Button("Sửa nội dung", f"rewrite:{number}"),),
        (Button("Sửa nơi xảy ra", f"replace:{number}"),),
        (Button("Sửa lĩnh vực", f"sort:{number}"),),
        (Button("Quay lại", f"back:{number}"),),
    )


def place_question(number: int, candidates: tuple[tuple[str, str], ...]) -> Keyboard:
    """`candidates` are (ward code, name)."""
    wards = tuple((Button(name, f"ward:{number}:{code}"),) for code, name in candidates)
    return (*wards, (Button("Không rõ, bỏ qua", f"skip:{number}"),))


def elsewhere(number: int) -> Keyboard:
    return (
        (Button("Việc này ở trong thành phố", f"here:{number}"),),
        (Button("Hủy", f"cancel:{number}"),),
    )


def category_question(number: int, pack: Pack) -> Keyboard:
    buttons = [
        Button(category.name, f"category:{number}:{code}")
        for code, category in pack.categories.items()
    ]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return (*rows, (Button("Hủy", f"cancel:{number}"),))


def offer_report(number: int) -> Keyboard:
    return ((Button("Đây là phản ánh của tôi", f"report:{number}"),),)


def denunciation(number: int) -> Keyboard:
    return (
        (Button("Tôi chỉ phản ánh sự việc", f"disclaim:{number}"),),
        (Button("Tôi tố cáo", f"denounce:{number}"),),
    )


def several(number: int, count: int) -> Keyboard:
    return (
        (Button(f"Gửi thành {count} vụ việc riêng", f"split:{number}"),),
        (Button("Gửi chung một vụ việc", f"together:{number}"),),
        (Button("Hủy", f"cancel:{number}"),),
    )


def declare(number: int) -> Keyboard:
    return ((Button("Tôi chỉ phản ánh sự việc", f"declare:{number}"),),)


def addition(number: int, codes: tuple[str, ...]) -> Keyboard:
    rows = tuple((Button(f"Thêm vào {code}", f"add:{number}:{code}"),) for code in codes)
    return (*rows, (Button("Đây là việc mới", f"report:{number}"),))


def withdrawal(codes: tuple[str, ...]) -> Keyboard:
    return tuple((Button(f"Rút {code}", f"withdraw:{code}"),) for code in codes)


def settled_question(code: str) -> Keyboard:
    return (
        (
            Button("Đã giải quyết", f"settled:{code}"),
            Button("Chưa giải quyết", f"unsettled:{code}"),
        ),
    )
