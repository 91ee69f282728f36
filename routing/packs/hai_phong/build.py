"""Rebuild the derived tables of this pack from the public data sets named in README.md.

    python routing/packs/hai_phong/build.py FOLDER_WITH_THE_DATA

Writes wards.csv, old_wards.csv, wards.geojson and the ward rows of agencies.csv. Every other table,
and the province rows of agencies.csv, are written by hand and stay as they are.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

PACK = Path(__file__).resolve().parent
KINDS = {"Phường": "phuong", "Xã": "xa", "Đặc khu": "dac_khu"}
CONTACT = "Bộ phận tiếp công dân, liên hệ do quản trị viên nhập"
IN_FORCE_ON = "2025-07-01"


def write_table(name: str, columns: list[str], rows: Iterable[list[str]]) -> None:
    with (PACK / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def read_wards(folder: Path) -> list[list[str]]:
    units = json.loads((folder / "hai_phong_units.json").read_text(encoding="utf-8"))
    wards = []
    for unit in units["Wards"]:
        kind = next(code for prefix, code in KINDS.items() if unit["FullName"].startswith(prefix))
        wards.append([unit["Code"], unit["FullName"], kind])
    return sorted(wards)


def read_old_wards(folder: Path) -> list[list[str]]:
    path = folder / "hai_phong_old_to_new_units.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            [row[column] for column in ("old_province", "old_district", "old_ward")]
            + [row["new_ward_code"], row["split"].replace("main part", "main")]
            for row in csv.DictReader(file)
        ]


def write_areas(folder: Path) -> None:
    areas = json.loads((folder / "hai_phong_wards.geojson").read_text(encoding="utf-8"))
    for feature in areas["features"]:
        feature["properties"] = {"code": feature["properties"]["code"]}
    text = json.dumps(areas, ensure_ascii=False, separators=(",", ":"))
    (PACK / "wards.geojson").write_text(text + "\n", encoding="utf-8")


def ward_agencies(ward: list[str]) -> list[list[str]]:
    code, name, _ = ward
    lowered = name[0].lower() + name[1:]
    rest = ["ward", "", CONTACT, code, IN_FORCE_ON, "", "", "", "", ""]
    committee = [f"ubnd_{code}", f"UBND {name}", *rest]
    police = [f"ca_{code}", f"Công an {lowered}", *rest]
    committee[3], police[3] = "ubnd_thanh_pho", "cong_an_thanh_pho"
    return [committee, police]


def province_agencies() -> tuple[list[str], list[list[str]]]:
    with (PACK / "agencies.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, [row for row in rows if row[2] == "province"]


def build(folder: Path) -> None:
    wards = read_wards(folder)
    write_table("wards.csv", ["code", "name", "kind"], wards)
    columns = ["province", "district", "name", "ward_code", "split"]
    write_table("old_wards.csv", columns, read_old_wards(folder))
    write_areas(folder)
    header, agencies = province_agencies()
    local = [row for ward in wards for row in ward_agencies(ward)]
    write_table("agencies.csv", header, agencies + local)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
