"""Coordinates that stand in a text: what a map's "share" button pastes into a message."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Vietnam with its islands, in degrees: numbers outside are no place that a citizen here means.
_LATITUDES, _LONGITUDES = (8.0, 24.0), (102.0, 115.0)
_NUMBER = r"(-?\d{1,3}\.\d{2,})"
_PAIR = _NUMBER + r"\s*(?:,|%2C|;|\s)\s*" + _NUMBER
# Four decimals are 11 m: whoever types fewer means a price or a date.
_TYPED = r"(?<![\d.,])(\d{1,2}\.\d{4,})\s*[,;\s]\s*(\d{3}\.\d{4,})(?!\d|\.\d)"

# In the order of how surely they mark the place itself: a pin before the middle of a map's view.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"!3d{_NUMBER}!4d{_NUMBER}",  # Google Maps: the place that was opened.
        rf"mlat={_NUMBER}&(?:amp;)?mlon={_NUMBER}",  # OpenStreetMap: the marker.
        rf"[?&/](?:q|query|ll|sll|daddr|destination|coordinate|place)[=/](?:loc:)?{_PAIR}",
        rf"geo:{_PAIR}",  # RFC 5870.
        rf"@{_PAIR}",  # Google Maps: the middle of the view.
        rf"#map=[\d.]+/{_NUMBER}/{_NUMBER}",  # OpenStreetMap: the middle of the view.
        _TYPED,  # Typed or copied as numbers.
    )
)


_LINK = re.compile(r"(?:[a-z]+://|www\.|geo:)\S+", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
# Nearly every text is let go by this one look.
_ANY = re.compile(r"\d\.\d\d")


def coordinates_in(text: str) -> tuple[float, float] | None:
    """Latitude and longitude (WGS 84 degrees) of the first place in Vietnam that a map link or a
    pair of numbers in the text gives; None where there is none. Short links hold no numbers."""
    return next(_inside(text), None) if _ANY.search(text) else None


def is_only_coordinates(text: str) -> bool:
    """Whether a text is a map link or a pair of numbers and says nothing else: a pin."""
    return coordinates_in(text) is not None and _LETTER.search(_LINK.sub("", text)) is None


def _inside(text: str) -> Iterator[tuple[float, float]]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            latitude, longitude = float(match.group(1)), float(match.group(2))
            if _is_between(latitude, _LATITUDES) and _is_between(longitude, _LONGITUDES):
                yield latitude, longitude


def _is_between(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
