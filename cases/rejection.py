"""Cases that are no matter for this system: the citizen is told why and where to go instead.

Only whoever sorts cases rejects; an agency returns what is not its own. The citizen may object,
which brings the case back, and then only a supervisor may reject it again.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import SUPERVISOR, NotAllowed
from cases.events import by_staff, record
from cases.lifecycle import (
    MOVES,
    REJECTED,
    IllegalMove,
    acting_roles,
    check_move,
    end,
    require_length,
    require_words,
    tell,
    was_rejected,
)
from cases.transfers import recall_case
from db.models import Case, Staff
from routing.tables import LEGAL_TYPES, Pack

# Why: code -> what staff read. What the citizen is guided to, `bot.vietnamese` says by the code.
FORMAL_COMPLAINT, DENUNCIATION = "formal_complaint", "denunciation"
REJECT_REASONS = {
    "private_matter": "Việc giữa người dân, doanh nghiệp với nhau",
    FORMAL_COMPLAINT: "Khiếu nại phải gửi theo luật",
    DENUNCIATION: "Tố cáo, không nhận qua tin nhắn",
    "other_province": "Việc ở tỉnh, thành phố khác",
    "in_court": "Tòa án, cơ quan điều tra hoặc thanh tra đang giải quyết, hoặc đã có bản án",
    "unclear": "Không đủ thông tin, đã hỏi mà không rõ hơn",
    "no_matter": "Không phải phản ánh, kiến nghị (gửi thử, quảng cáo, lời xúc phạm)",
}
LONGEST_WORDS = 2000


async def reject_case(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    code: str,
    words: str,
    now: datetime,
    pack: Pack,
) -> None:
    """End the case with a reason and an explanation, both told to the citizen.

    What is a denunciation is from then on read by an inspecting body only. Raises IllegalMove,
    NotAllowed (the role; a second rejection by anybody but a supervisor).
    """
    check_move(case, staff, "reject")
    if code not in REJECT_REASONS:
        raise IllegalMove(MOVES["reject"].needs["code"])
    words = require_words("reject", "words", words)
    require_length(words, "Giải thích", LONGEST_WORDS)
    if SUPERVISOR not in acting_roles(case, staff) and await was_rejected(session, case):
        raise NotAllowed(
            "Người dân không đồng ý với lần từ chối trước; chỉ người phụ trách từ chối lần nữa."
        )
    if code == DENUNCIATION:
        case.restricted, case.legal_type = True, LEGAL_TYPES[-1]
        await recall_case(session, case, now, pack)
    end(case, REJECTED, now)
    await record(session, case, "rejected", by_staff(staff.id), now, code=code, reason=words)
    await tell(session, case, "reject", why=code, words=words)
