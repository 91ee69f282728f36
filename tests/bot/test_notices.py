"""What citizens read when something happened to their case."""

from bot import texts
from routing.tables import Pack


def test_a_dispute_is_told_with_the_deadline_that_stays(pack: Pack) -> None:
    content = {"notice": "disputed", "code": "PA-AAAAAA", "due_at": "2026-11-25T10:00:00+00:00"}
    assert texts.notice(content, pack) == (
        "Vụ việc PA-AAAAAA đang chờ người phụ trách quyết định cơ quan giải quyết. "
        "Hạn trả lời vẫn là 25/11/2026."
    )
