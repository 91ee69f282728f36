"""What every page needs at hand: the database, the pack, the clock and the templates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from fastapi import Path as PathParam
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field

from cases.access import ROLE_NAMES
from cases.lifecycle import STATE_NAMES
from cases.tables import Tables
from console import wording
from console.masking import mask_numbers
from db.session import Database
from routing.tables import Pack

FOLDER = Path(__file__).parent
# What PostgreSQL holds in a bigint; a larger number in an address is a mistake, not a failure.
LARGEST_ID = 2**63 - 1
RowId = Annotated[int, PathParam(ge=1, le=LARGEST_ID)]
FormId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True)
class Site:
    """One console: made by `create_app`, found by views through `SiteHere`.

    `pack` is the one in force when the request came; before any came, the newest known.
    """

    database: Database
    tables: Tables
    pack: Pack
    secure_cookies: bool
    clock: Callable[[], datetime]
    templates: Jinja2Templates

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """Render a page for whoever is logged in (`visit` is None for nobody)."""
        context |= {"visit": getattr(request.state, "visit", None), "now": self.clock()}
        context |= {"pack": self.pack, "names": wording.Names(self.pack)}
        return self.templates.TemplateResponse(request, template, context, status_code=status)

    def cookie_name(self, name: str) -> str:
        """`__Host-` keeps other hosts of the domain from setting the cookie (RFC 6265bis)."""
        return f"__Host-{name}" if self.secure_cookies else name


def build_templates(pack: Pack) -> Jinja2Templates:
    """Templates that escape by default and stop at an undefined name."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    timezone = ZoneInfo(pack.timezone)
    environment.filters["day"] = lambda at: wording.local_day(at, timezone)
    environment.filters["moment"] = lambda at: wording.local_moment(at, timezone)
    environment.filters["masked"] = mask_numbers
    environment.filters["excerpt"] = wording.excerpt
    environment.globals.update(
        due_words=lambda case, now: wording.due_words(case, now, timezone),
        confidence_words=wording.confidence_words,
        event_words=wording.event_words,
        reason_words=wording.reason_words,
        contest_names=wording.CONTEST_NAMES,
        state_names=STATE_NAMES,
        role_names=ROLE_NAMES,
        role_hints=wording.ROLE_HINTS,
        legal_type_names=wording.LEGAL_TYPE_NAMES,
        outcome_names=wording.OUTCOME_NAMES,
        style_version=_version(FOLDER / "static" / "console.css"),
    )
    return Jinja2Templates(env=environment)


def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


def any_site(request: Request) -> Site:
    """The console, with the tables as they were last seen: where no case is touched."""
    site: Site = request.app.state.site
    return replace(site, pack=site.tables.pack)


async def _site_of(request: Request) -> Site:
    """The console with the tables that staff have in force now."""
    site: Site = request.app.state.site
    async with site.database.in_transaction() as session:
        return replace(site, pack=await site.tables.current(session))


SiteHere = Annotated[Site, Depends(_site_of)]
AnySite = Annotated[Site, Depends(any_site)]
