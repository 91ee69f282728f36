"""The real Hải Phòng pack, loaded once, and a whole other province small enough to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from routing.tables import PACKS, Pack, load_pack

SMALL_PACK = {
    "pack.toml": """
id = "tinh_mau"
name = "Tỉnh Mẫu"
timezone = "Asia/Ho_Chi_Minh"
[triage]
agency = "truc_ban"
min_confidence = 0.5
default_condition = 1.0
categories = ["other"]
[restricted]
categories = []
agency = "thanh_tra"
[oversight]
agencies = ["thanh_tra"]
conduct_categories = []
[front_desk]
operator = "Ban Mẫu"
reception = "nhà tiếp dân tỉnh"
office_hours = "các ngày trong tuần"
hotlines = ["điện 1234"]
[quiet_hours]
begin = 21:00:00
end = 06:30:00
[retention]
months = 12
[roles]
ubnd = "uy_ban_"
[working_time]
hours = [[07:30:00, 11:30:00], [13:30:00, 17:00:00]]
[limits]
answer_days = 10
several_agencies_days = 15
sort_minutes = 60
accept_days = 1
decide_days = 1
citizen_reply_days = 5
soon_days = 2
silence_days = 15
silence_reminder_days = 3
[limits.answer_days_by_category]
roads = 7
""",
    "letterhead.toml": """
parent_body = "TỈNH ỦY MẪU"
issuing_body = "BAN MẪU"
number_suffix = "BC/BM"
place_name = "Mẫu"
signatory_position = "TRƯỞNG BAN"
signatory_name = "Dũng"
recipients = ["Lưu VT"]
""",
    "categories.csv": "code,name\nroads,Đường sá\nwaste,Rác thải\nother,Khác\n",
    "wards.csv": "code,name,kind\n1,Phường Hoa Sen,phuong\n2,Xã Bến Đò,xa\n",
    "old_wards.csv": (
        "province,district,name,ward_code,split\n"
        "Tỉnh Mẫu,Huyện Sông Trong,Xã Cây Đa,1,main\n"
        "Tỉnh Mẫu,Huyện Sông Trong,Xã Cây Đa,2,part\n"
    ),
    "older_wards.csv": (
        "province,district,name,became\nTỉnh Mẫu,Huyện Sông Trong,Xã Gốc Đa,Xã Cây Đa\n"
    ),
    "aliases.csv": "alias,level,target\nMẫu,province,Tỉnh Mẫu\n",
    "elsewhere.csv": "name,status\nHải Phòng,current\n",
    "other_names.csv": "name,is\n",
    "landmarks.csv": "name,kind,ward_code,note\nchợ Cây Đa,landmark,2,\n",
    "answers.csv": "kind,phrase\nvague,đã chuyển\nexample,Ngày 1/7 đã vá đường.\n",
    "conditions.csv": "group,condition,word\nroad,big,quốc lộ\nroad,small,\n",
    "agencies.csv": (
        "agency_id,name,level,parent_id,contact,ward_code,valid_from,valid_to,successor_id,aliases"
        ",email,telegram_group\n"
        "tinh,UBND Tỉnh Mẫu,province,,Tiếp dân,,,,,,,\n"
        "so_duong,Sở Đường,province,tinh,Tiếp dân,,,2026-06-30,so_moi,,,\n"
        "so_moi,Sở Đường Mới,province,tinh,Tiếp dân,,2026-07-01,,,,,\n"
        "thanh_tra,Thanh tra tỉnh Mẫu,province,tinh,Tiếp dân,,,,,,,\n"
        "truc_ban,Trực ban,province,,Tiếp dân,,,,,,,\n"
        "uy_ban_1,UBND Phường Hoa Sen,ward,tinh,Tiếp dân,1,,,,,,\n"
        "uy_ban_2,UBND Xã Bến Đò,ward,tinh,Tiếp dân,2,,,,,,\n"
    ),
    "responsibilities.csv": (
        "category,condition,level,agency,legal_source,valid_from,valid_to,note,editor\n"
        "roads,big,province,so_duong,Luật Mẫu,2025-07-01,,,Bình\n"
        "roads,small,ward,ubnd,Luật Mẫu,2025-07-01,,,Bình\n"
        "waste,urban,ward,ubnd,Luật Mẫu,2025-07-01,,,Bình\n"
        "waste,rural,province,tinh,Luật Mẫu,2025-07-01,,,Bình\n"
    ),
}


def _square(code: str, west: float) -> dict[str, object]:
    ring = [[west, 10.0], [west + 1, 10.0], [west + 1, 11.0], [west, 11.0], [west, 10.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")


@pytest.fixture
def small_pack_path(tmp_path: Path) -> Path:
    """A folder with a sound pack; a test may spoil a file of it."""
    for name, text in SMALL_PACK.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    features = [_square("1", 100.0), _square("2", 101.0)]
    areas = {"type": "FeatureCollection", "features": features}
    (tmp_path / "wards.geojson").write_text(json.dumps(areas), encoding="utf-8")
    return tmp_path
