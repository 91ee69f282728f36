"""From a pin on the map to the ward whose polygon holds it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
import shapely.geometry

# shapely ships no types: it is called through this name, and what it answers is converted at once.
_shapely: Any = shapely

# The polygons are simplified to about 5 m and leave slivers between wards; a pin in one (within
# about 50 m of a ward) still has a ward.
_SLIVER_DEGREES = 0.0005


@dataclass(frozen=True)
class Pin:
    """A ward that holds a point; `certain` is false on a border or in a sliver beside it."""

    ward_code: str
    certain: bool


class Areas:
    """The polygons of a province's wards, GeoJSON geometries in WGS 84 by ward code."""

    def __init__(self, geometries: Mapping[str, Mapping[str, Any]]) -> None:
        self._codes = sorted(geometries)
        shapes = [_shapely.geometry.shape(geometries[code]) for code in self._codes]
        self._shapes = dict(zip(self._codes, shapes, strict=True))
        self._tree: Any = _shapely.STRtree(shapes)

    def at(self, latitude: float, longitude: float) -> Pin | None:
        """The ward at a point (degrees), or None outside the province.

        Raises ValueError when a coordinate is not a finite number.
        """
        if not (math.isfinite(latitude) and math.isfinite(longitude)):
            raise ValueError("a pin needs finite coordinates")
        point = _shapely.Point(longitude, latitude)
        inside = sorted(int(index) for index in self._tree.query(point, predicate="intersects"))
        if inside:
            return Pin(self._codes[inside[0]], len(inside) == 1)
        near = self._tree.query_nearest(point, max_distance=_SLIVER_DEGREES)
        return Pin(self._codes[min(int(index) for index in near)], False) if len(near) else None

    def point_in(self, ward_code: str) -> tuple[float, float]:
        """A point well inside a ward: latitude, longitude. Raises KeyError for an unknown code."""
        point = self._shapes[ward_code].representative_point()
        return float(point.y), float(point.x)
