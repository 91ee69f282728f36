"""Which digits are somebody's number, and which are what the case is about."""

import pytest

from console.masking import mask_numbers
from console.wording import excerpt


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("gọi 0912345678 nhé", "gọi ••••••••78 nhé"),
        ("0912.345.678", "••••••••78"),
        ("0912 345 678, 0987-654-321.", "••••••••78, ••••••••21."),
        ("0912345678 0987654321", "••••••••78 ••••••••21"),
        ("+84 912 345 678", "•••••••••78"),
        ("84912345678", "•••••••••78"),
        ("CCCD 031098001234", "CCCD ••••••••••34"),
        ("CCCD 031 098 001 234", "CCCD ••••••••••34"),
        ("CMND 141234567", "CMND •••••••67"),
        ("bàn 0225 3 123 456", "bàn •••••••••56"),
    ],
)
def test_telephone_and_identity_numbers_are_hidden(written: str, shown: str) -> None:
    assert mask_numbers(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "mất 1.500.000.000 đồng",
        "84.500.000.000 đồng",
        "ngày 01/01/2026 lúc 08:30",
        "từ 01.01.2026 đến 02.02.2026",
        "số nhà 123/45/6, ngõ 78",
        "mã PA-4K7M2X",
        "thửa đất 1234567",
        "1022",
    ],
)
def test_money_dates_and_addresses_stay(written: str) -> None:
    assert mask_numbers(written) == written


def test_an_excerpt_never_ends_inside_a_number() -> None:
    text = "a " * 70 + "gọi 0912345678"
    assert "0912" not in excerpt(text)
    assert excerpt(text).endswith("…")
