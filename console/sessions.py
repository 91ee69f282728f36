"""Who is logged in. The cookie's token is random; the table keeps only its hash.

Threats: a stolen copy of the table (hashes open nothing), a stolen cookie (12 hours, HttpOnly,
revoked by logging out or a new password), a form posted from another site (a token per session
in every form, checked for every POST).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.agency_notices import count_unread, inbox_agency
from console.site import Site, SiteHere
from db.models import Staff, StaffSession

COOKIE = "langnghe"
LASTS = timedelta(hours=12)
FORM_EXPIRED = "Biểu mẫu đã hết hạn. Xin mở lại trang rồi làm lại."


class LogInFirst(Exception):
    """Nobody is logged in; answered with a redirect to the log-in page."""


class ChangePasswordFirst(Exception):
    """The password is a one-time one; answered with a redirect to the form that changes it."""


@dataclass(frozen=True)
class Visit:
    """A logged-in person and the token that their forms must carry.

    `inbox` is the agency whose notices they read, if any; `unread` how many nobody has opened.
    """

    staff: Staff
    csrf_token: str
    token_hash: bytes
    inbox: str | None = None
    unread: int = 0


async def open_session(session: AsyncSession, staff_id: int, now: datetime) -> str:
    """Log in: returns the token for the cookie. Forgets this person's expired log-ins."""
    await session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff_id, StaffSession.expires_at <= now
        )
    )
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            staff_id=staff_id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    await session.flush()
    return token


async def find_session(session: AsyncSession, token: str, now: datetime) -> StaffSession | None:
    """The log-in of this token, unless it expired, was revoked or the person is disabled."""
    found = await session.get(StaffSession, hash_token(token))
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    return found if found.staff.disabled_at is None else None


async def revoke_sessions(session: AsyncSession, staff_id: int, now: datetime) -> None:
    """End every log-in of this person."""
    await session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def revoke_session(session: AsyncSession, token_hash: bytes, now: datetime) -> None:
    """End one log-in."""
    await session.execute(
        update(StaffSession).where(StaffSession.token_hash == token_hash).values(revoked_at=now)
    )


def hash_token(token: str) -> bytes:
    """SHA-256: enough for 256 random bits, which nobody can guess."""
    return hashlib.sha256(token.encode()).digest()


def same_token(sent: object, expected: str) -> bool:
    """Compare in constant time; anything that is no text, or empty, is refused."""
    return (
        isinstance(sent, str)
        and bool(expected)
        and hmac.compare_digest(sent.encode(), expected.encode())
    )


def set_cookie(response: Response, site: Site, token: str) -> None:
    response.set_cookie(
        site.cookie_name(COOKIE),
        token,
        max_age=int(LASTS.total_seconds()),
        secure=site.secure_cookies,
        httponly=True,
        samesite="lax",
    )


async def current_visit(request: Request, site: Site) -> Visit | None:
    """Who is logged in, if anybody; remembered for the page's head."""
    token = request.cookies.get(site.cookie_name(COOKIE))
    if not token:
        return None
    async with site.database.in_transaction() as session:
        found = await find_session(session, token, site.clock())
        if found is None:
            return None
        inbox = inbox_agency(found.staff, site.pack.triage_agency_id)
        unread = await count_unread(session, found.staff, inbox) if inbox else 0
    visit = Visit(found.staff, found.csrf_token, found.token_hash, inbox, unread)
    request.state.visit = visit
    return visit


async def _visit_with_any_password(request: Request, site: SiteHere) -> Visit:
    """Raises LogInFirst; HTTPException 403 for a POST without the form token."""
    visit = await current_visit(request, site)
    if visit is None:
        raise LogInFirst
    if request.method not in {"GET", "HEAD"}:
        form = await request.form()
        if not same_token(form.get("csrf"), visit.csrf_token):
            raise HTTPException(403, FORM_EXPIRED)
    return visit


AnyVisit = Annotated[Visit, Depends(_visit_with_any_password)]


async def _visit_with_own_password(visit: AnyVisit) -> Visit:
    if visit.staff.must_change_password:
        raise ChangePasswordFirst
    return visit


VisitHere = Annotated[Visit, Depends(_visit_with_own_password)]
