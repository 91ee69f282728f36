"""The webhook: a channel posts an update, it is stored with its job, and only then answered 200.

The answer decides what becomes of an update. Telegram repeats whatever is not answered with 2xx
after 1, 2, 4 ... seconds up to a minute or two, holds that chat's later updates back meanwhile,
and drops it after a day (tdlib/telegram-bot-api, WebhookActor.cpp). So the answer is

    200   when it is stored, now or by an earlier delivery; also when nobody can read it: repeating
          would not mend it, so it is kept as it came and parked by the worker
    403   to whoever does not know the secret, before anything of the body is read
    413   to a body larger than any update
    503   while the database is away or full: nothing is stored, and it comes again

Why: docs/decisions/0015.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect
from telegram import Bot

from bot.inbox import Inbox, Received, unreadable
from bot.receive import ALLOWED_UPDATES, present, received_from
from bot.telegram import TELEGRAM
from bot.zalo import ZALO
from bot.zalo_handlers import received_from as received_from_zalo
from db.encryption import Vault
from db.session import DATABASE_AWAY, Database

logger = logging.getLogger(__name__)

HEALTH_PATH = "/khoe"
TELEGRAM_PATH, ZALO_PATH = "/telegram", "/zalo"
# Telegram's own default is 40. Those of one chat come one after the other, whatever this is.
MOST_AT_ONCE = 20
# A text has 4,096 characters, and an update holds few of them: a real one stays below 100 KB.
LARGEST_UPDATE = 1024 * 1024


@dataclass(frozen=True)
class Door:
    """Where one channel's updates come in. `read` raises KeyError, TypeError or ValueError for
    an update that does not say its own name."""

    path: str
    secret_header: str
    secret: str
    read: Callable[[dict[str, Any]], Received]
    inbox: Inbox


def telegram_door(bot_id: int, secret: str, database: Database, vault: Vault) -> Door:
    """Telegram's door (core.telegram.org/bots/api#setwebhook)."""
    inbox = Inbox(TELEGRAM, bot_id, database, vault)
    header = "X-Telegram-Bot-Api-Secret-Token"
    return Door(TELEGRAM_PATH, header, secret, received_from, inbox)


def zalo_door(bot_id: int, secret: str, database: Database, vault: Vault) -> Door:
    """Zalo's door (bot.zaloplatforms.com/docs, setWebhook). Whether it repeats what was not
    answered with 200 is unchecked."""
    inbox = Inbox(ZALO, bot_id, database, vault)
    return Door(ZALO_PATH, "X-Bot-Api-Secret-Token", secret, received_from_zalo, inbox)


async def announce(bot: Bot, url: str, secret: str, province: str) -> None:
    """Tell Telegram where to deliver, and what the bot is. What waits there is not dropped."""
    await bot.set_webhook(
        url + TELEGRAM_PATH,
        secret_token=secret,
        allowed_updates=ALLOWED_UPDATES,
        max_connections=MOST_AT_ONCE,
    )
    await present(bot, province)


def create_app(database: Database, doors: Sequence[Door]) -> FastAPI:
    """The web application that channels post to; it has no page and documents nothing."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)

    async def check_health() -> Response:
        answers = await database.answers()
        return Response(status_code=HTTPStatus.OK if answers else HTTPStatus.SERVICE_UNAVAILABLE)

    app.add_api_route(HEALTH_PATH, check_health, methods=["GET"])
    for door in doors:
        app.add_api_route(door.path, _endpoint(door), methods=["POST"])
    return app


def _endpoint(door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        # No body: Telegram would carry out a method that it names.
        return Response(status_code=await _take(door, request))

    return take


async def _take(door: Door, request: Request) -> HTTPStatus:
    if not _knows_secret(door, request):
        logger.warning("webhook: wrong secret", extra={"door": door.path})
        return HTTPStatus.FORBIDDEN
    try:
        body = await _read_body(request)
    except ClientDisconnect:  # Half an update: the whole one comes again.
        logger.warning("webhook: broken off", extra={"door": door.path})
        return HTTPStatus.BAD_REQUEST
    if body is None:
        logger.error("webhook: too large", extra={"door": door.path})
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        await door.inbox.store([_received(door, body)])
    except DATABASE_AWAY as error:
        logger.warning("the database is away", extra={"error": type(error).__name__})
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


def _knows_secret(door: Door, request: Request) -> bool:
    """Compared in constant time: how long it takes tells nothing of the secret."""
    given = request.headers.get(door.secret_header, "")
    return hmac.compare_digest(given.encode(), door.secret.encode())


async def _read_body(request: Request) -> bytes | None:
    """None as soon as it is larger than an update can be; a length that is told is not trusted."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_UPDATE:
            return None
    return bytes(body)


def _received(door: Door, body: bytes) -> Received:
    try:
        update = json.loads(body)
        if not isinstance(update, dict):
            raise TypeError("an update is an object")
        return door.read(update)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        logger.error(
            "webhook: unreadable", extra={"door": door.path, "error": type(error).__name__}
        )
        return unreadable(body)
