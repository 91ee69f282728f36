"""Staff accounts: who may log in, with which password.

Threats: guessing (argon2, a growing wait after five failures), finding out which names exist
(an unknown name costs the same time and gets the same words), a forgotten first password (it
must be changed before anything else).
"""

import asyncio
import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import (
    ADMINISTRATOR,
    AGENCY_OFFICER,
    ROLE_NAMES,
    SUPERVISOR,
    TRIAGE_OFFICER,
)
from db.models import Staff

FIRST_USERNAME = "quantri"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
FAILURES_ALLOWED = 5
LONGEST_WAIT = timedelta(minutes=30)

_USERNAME = re.compile(r"[a-z0-9._-]{3,32}")
# No 0/o, 1/l/i: a one-time password is often read out or copied by hand.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_FIRST_ADMINISTRATOR_LOCK = 7_420_001
_hasher = PasswordHasher()


class AccountError(ValueError):
    """An account cannot be made or changed so; the message says why, in Vietnamese."""


async def create_staff(
    session: AsyncSession,
    username: str,
    display_name: str,
    password: str,
    roles: list[str],
    agency_id: str | None,
    must_change_password: bool,
) -> Staff:
    """A new account. Raises AccountError. Whether the agency exists, the caller knows."""
    _check_identity(username, display_name)
    _check_roles(roles, agency_id)
    check_password(password, username)
    if await session.scalar(select(Staff.id).where(Staff.username == username)):
        raise AccountError("Tên đăng nhập này đã có người dùng.")
    staff = Staff(
        username=username,
        display_name=display_name.strip(),
        password_hash=await _hash(password),
        roles=sorted(set(roles)),
        agency_id=agency_id,
        must_change_password=must_change_password,
    )
    session.add(staff)
    await session.flush()
    return staff


async def authenticate(
    session: AsyncSession, username: str, password: str, now: datetime
) -> Staff | None:
    """The person, or None: unknown, disabled, locked and wrong look alike from outside.

    The row is locked meanwhile, so that parallel guesses are all counted. Commit the
    transaction in either case, or the failure is forgotten.
    """
    staff = None
    if _USERNAME.fullmatch(username):
        staff = await session.scalar(
            select(Staff).where(Staff.username == username).with_for_update()
        )
    if staff is None or staff.disabled_at is not None or _is_locked(staff, now):
        await _hash(password)  # Costs what checking one costs.
        return None
    if not await _verify(staff.password_hash, password):
        _count_failure(staff, now)
        return None
    staff.failed_logins, staff.locked_until = 0, None
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = await _hash(password)
    return staff


async def change_password(
    session: AsyncSession, staff_id: int, current: str, new: str, repeated: str
) -> None:
    """Replace one's own password. Raises AccountError."""
    staff = await session.get_one(Staff, staff_id, with_for_update=True)
    if not await _verify(staff.password_hash, current):
        raise AccountError("Mật khẩu hiện tại không đúng.")
    if new != repeated:
        raise AccountError("Hai lần nhập mật khẩu mới không giống nhau.")
    if new == current:
        raise AccountError("Mật khẩu mới phải khác mật khẩu hiện tại.")
    check_password(new, staff.username)
    staff.password_hash, staff.must_change_password = await _hash(new), False


async def reset_password(session: AsyncSession, staff: Staff) -> str:
    """Give the account a one-time password, which is returned, and unlock it."""
    password = one_time_password()
    staff.password_hash, staff.must_change_password = await _hash(password), True
    staff.failed_logins, staff.locked_until = 0, None
    return password


async def ensure_administrator(session: AsyncSession) -> str | None:
    """Make the first account where there is none. Returns its one-time password.

    As long as that account never chose a password of its own, each call gives it a fresh one:
    whoever starts the system and lost the first one is not locked out. None afterwards.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_FIRST_ADMINISTRATOR_LOCK)))
    first = await session.scalar(select(Staff).where(Staff.username == FIRST_USERNAME))
    if first is not None:
        unused = first.must_change_password and first.disabled_at is None
        return await reset_password(session, first) if unused else None
    if await session.scalar(select(Staff.id).limit(1)):
        return None
    roles = [ADMINISTRATOR, TRIAGE_OFFICER, SUPERVISOR]
    password = one_time_password()
    await create_staff(session, FIRST_USERNAME, "Quản trị viên", password, roles, None, True)
    return password


def one_time_password() -> str:
    """Sixteen readable characters in four groups: 79 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def check_password(password: str, username: str) -> None:
    """Length counts most (NIST SP 800-63B); raises AccountError."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự.")
    if len(password) > LONGEST_PASSWORD:
        raise AccountError(f"Mật khẩu dài quá {LONGEST_PASSWORD} ký tự.")
    if username in password.lower() or len(set(password)) < 5:
        raise AccountError("Mật khẩu này quá dễ đoán, xin chọn mật khẩu khác.")


def _check_identity(username: str, display_name: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise AccountError(
            "Tên đăng nhập gồm 3 đến 32 ký tự: chữ thường không dấu, chữ số, dấu chấm, "
            "gạch dưới hoặc gạch nối."
        )
    if not display_name.strip():
        raise AccountError("Cần ghi họ và tên.")


def _check_roles(roles: list[str], agency_id: str | None) -> None:
    if not roles or not set(roles) <= ROLE_NAMES.keys():
        raise AccountError("Cần chọn ít nhất một vai trò trong danh sách.")
    if AGENCY_OFFICER in roles and not agency_id:
        raise AccountError("Cán bộ cơ quan phải thuộc một cơ quan; xin chọn cơ quan.")


def _is_locked(staff: Staff, now: datetime) -> bool:
    return staff.locked_until is not None and staff.locked_until > now


def _count_failure(staff: Staff, now: datetime) -> None:
    """From the fifth failure on: one minute, then twice as long each time, up to the longest."""
    staff.failed_logins += 1
    beyond = staff.failed_logins - FAILURES_ALLOWED
    if beyond >= 0:
        staff.locked_until = now + min(timedelta(minutes=2 ** min(beyond, 10)), LONGEST_WAIT)


async def _hash(password: str) -> str:
    # Keyboards write one accented letter in two ways; both must open the account.
    return await asyncio.to_thread(_hasher.hash, unicodedata.normalize("NFC", password))


async def _verify(password_hash: str, password: str) -> bool:
    try:
        return await asyncio.to_thread(
            _hasher.verify, password_hash, unicodedata.normalize("NFC", password)
        )
    except VerifyMismatchError:
        return False
