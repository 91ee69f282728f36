from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.coordinates import coordinates_in, is_only_coordinates

LINKS = [
    "https://www.google.com/maps/place/X/@20.80,106.60,17z/data=!3m1!4b1!4m6!3m5!3d20.8449!4d106.6881",
    "ổ gà ở đây nhé https://maps.google.com/?q=20.8449,106.6881",
    "https://maps.google.com/maps?q=loc:20.8449,106.6881&z=15",
    "https://www.google.com/maps/search/?api=1&query=20.8449%2C106.6881",
    "https://www.google.com/maps/@20.8449,106.6881,15z",
    "https://maps.apple.com/?ll=20.8449,106.6881&q=Cho",
    "https://maps.apple.com/place?coordinate=20.8449,106.6881&name=Cho",
    "https://www.openstreetmap.org/?mlat=20.8449&mlon=106.6881#map=15/20.80/106.60",
    "https://www.openstreetmap.org/#map=15/20.8449/106.6881",
    "geo:20.8449,106.6881?z=15",
    "Vị trí: 20.8449, 106.6881.",
    "(20.8449 106.6881)",
]


@pytest.mark.parametrize("text", LINKS)
def test_a_shared_map_link_gives_its_place(text: str) -> None:
    assert coordinates_in(text) == (20.8449, 106.6881)


NONE = [
    "",
    "https://maps.app.goo.gl/AbCdEf123",  # A short link: the numbers are on its server.
    "giá điện tăng từ 20.84 lên 30.12 nghìn",
    "https://maps.google.com/?q=48.8584,2.2945",  # Paris.
    "số đơn 20.8449.106.6881",
    "106.6881, 20.8449",
    "hôm 20.11, 106.000 đồng",
]


@pytest.mark.parametrize("text", NONE)
def test_other_numbers_are_no_place(text: str) -> None:
    assert coordinates_in(text) is None


def test_a_link_with_words_is_more_than_a_pin() -> None:
    assert is_only_coordinates("https://maps.google.com/?q=20.8449,106.6881")
    assert is_only_coordinates(" 20.8449, 106.6881 ")
    assert not is_only_coordinates("ổ gà https://maps.google.com/?q=20.8449,106.6881")
    assert not is_only_coordinates("https://example.com/")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,@!3d4q=?&/#map %2C -", max_size=200))
def test_any_text_is_read_and_what_is_found_lies_in_vietnam(text: str) -> None:
    found = coordinates_in(text)
    assert found is None or (8 <= found[0] <= 24 and 102 <= found[1] <= 115)
