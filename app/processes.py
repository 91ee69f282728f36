"""The long-running processes, one function each: receiver, worker, sender, console, playground."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Coroutine
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from procrastinate import App
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from app.jobs import Outbox, Workshop, senders_queue, work, workers_queue
from app.keys import open_vault
from app.notices import Courier
from app.rasa_server import known_url
from app.services import (
    bot_id_of,
    console_url_of,
    mail_server_of,
    open_pack,
    open_tables,
    recogniser,
    telegram_bot,
    utc_now,
    webhook_of,
    zalo_api,
)
from app.settings import Settings
from bot.channel import Channel
from bot.conversation import Conversation
from bot.handlers import Handlers
from bot.reading import Reader
from bot.receive import Receiver, until_done
from bot.send import Sender as Replies
from bot.telegram import TELEGRAM, Telegram
from bot.understand import Rasa
from bot.webhook import MOST_AT_ONCE, ZALO_PATH, announce, telegram_door, zalo_door
from bot.webhook import create_app as create_webhook
from bot.zalo import ZALO, Zalo
from bot.zalo_handlers import ZaloHandlers
from bot.zalo_receive import ZaloReceiver
from console.server import create_app as create_console
from db import queue
from db.session import Database
from playground.server import Place
from playground.server import create_app as create_playground

logger = logging.getLogger(__name__)

# The playground's own token: it opens nothing but the playground.
PLAYGROUND_TOKEN = "1000000001:playground-on-this-machine-only"  # noqa: S105
PLAYGROUND_ZALO_TOKEN = "1000000002:playground-on-this-machine-only"  # noqa: S105
PLACES_OFFERED = 6


def run_worker(settings: Settings, url: str) -> None:
    """Read what citizens sent and decide, until SIGTERM."""
    asyncio.run(_worker(settings, url))


async def _worker(settings: Settings, url: str) -> None:
    rasa_url = settings.rasa_url or known_url(settings)
    if rasa_url is None:
        raise ValueError("LANGNGHE_RASA_URL is not set and `langnghe run` is not running")
    vault = open_vault(settings)  # First: without keys nothing is asked of a database.
    database = _jobs_database(settings, url)
    rasa, bot = Rasa(rasa_url), telegram_bot(settings)
    tables = await open_tables(settings, url)
    conversation = Conversation(database, vault, rasa, tables, utc_now, recogniser())
    telegram = Handlers(conversation, utc_now, bot)
    readers: dict[str, Reader] = {TELEGRAM: telegram}
    if settings.zalo_token is not None:
        readers[ZALO] = ZaloHandlers(conversation, utc_now)
    workshop = Workshop(database, vault, rasa, tables, conversation, readers, utc_now)
    await _initialize(bot)
    await telegram.application.initialize()
    try:
        await _work(settings, workers_queue(url, workshop), queue.WORKER, database)
    finally:
        await telegram.application.shutdown()
        await rasa.close()
        await database.close()


def run_sender(settings: Settings, url: str) -> None:
    """Send replies and notices and fetch files, until SIGTERM."""
    asyncio.run(_sender(settings, url))


async def _sender(settings: Settings, url: str) -> None:
    vault = open_vault(settings)
    database, bot = _jobs_database(settings, url), telegram_bot(settings)
    tables = await open_tables(settings, url)
    mail_server, console_url = mail_server_of(settings), console_url_of(settings)
    channels: dict[str, Channel] = {TELEGRAM: Telegram(bot)}
    zalo = zalo_api(settings)
    if zalo is not None:
        channels[ZALO] = Zalo(zalo)
    outbox = Outbox(
        Replies(channels, database, vault, tables, utc_now, keeps_quiet=settings.quiet_hours),
        Courier(database, tables, bot, mail_server, console_url, utc_now),
    )
    await _initialize(bot)
    try:
        await _work(settings, senders_queue(url, outbox), queue.SENDER, database)
    finally:
        await bot.shutdown()
        if zalo is not None:
            await zalo.close()
        await database.close()


def _jobs_database(settings: Settings, url: str) -> Database:
    return Database(url, pool_size=settings.worker_concurrency + 5, is_retried=True)


async def _work(settings: Settings, app: App, name: str, database: Database) -> None:
    heartbeat = settings.worker_heartbeat_seconds
    await work(app, name, database, settings.worker_concurrency, heartbeat)


def run_receiver(settings: Settings, url: str) -> None:
    """Take what citizens send until SIGTERM. Raises ValueError for settings that do not fit."""
    webhook = webhook_of(settings)
    if webhook is None:
        asyncio.run(_poll(settings, url))
    else:
        asyncio.run(_take_deliveries(settings, url, *webhook))


async def _poll(settings: Settings, url: str) -> None:
    database, bot = Database(url, pool_size=2), telegram_bot(settings)
    vault = open_vault(settings)
    polling = asyncio.current_task()
    if polling is None:
        raise RuntimeError("the receiver must run in a task")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, polling.cancel)
    zalo = zalo_api(settings)
    province = open_pack(settings).name
    with contextlib.suppress(asyncio.CancelledError):
        async with contextlib.AsyncExitStack() as stack:
            if zalo is not None:
                stack.push_async_callback(zalo.close)
                _beside(stack, ZaloReceiver(zalo, database, vault).run())
            await _initialize(bot)
            await Receiver(bot, database, vault, province).run()
    await bot.shutdown()
    await database.close()


def _beside(stack: contextlib.AsyncExitStack, run: Coroutine[Any, Any, None]) -> None:
    """Run it beside what follows until the stack is left. It waits out what passes; anything else
    ends the process, which is started again."""
    running = asyncio.create_task(run)
    running.add_done_callback(_end_if_failed)
    stack.callback(running.cancel)


def _end_if_failed(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("zalo's receiver ended", extra={"error": type(error).__name__})
        signal.raise_signal(signal.SIGTERM)


async def _take_deliveries(settings: Settings, url: str, hook_url: str, secret: str) -> None:
    vault, bot = open_vault(settings), telegram_bot(settings)
    database = Database(url, pool_size=MOST_AT_ONCE)
    door = telegram_door(bot_id_of(bot.token), secret, database, vault)
    doors, zalo = [door], zalo_api(settings)
    if zalo is not None:
        doors.append(zalo_door(zalo.bot_id, secret, database, vault))
    app = create_webhook(database, doors)
    config = _web_config(app, settings.webhook_host, settings.webhook_port, patience=10)
    server = uvicorn.Server(config)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)  # uvicorn listens, and passes it on when it stopped.
    # At once: what Telegram delivers is stored even while it cannot be reached from here.
    announcing = asyncio.create_task(_announce(bot, hook_url, secret, open_pack(settings).name))
    announcing.add_done_callback(lambda done: _stop_if_failed(server, done))
    try:
        async with contextlib.AsyncExitStack() as stack:
            if zalo is not None:
                stack.push_async_callback(zalo.close)
                receiver = ZaloReceiver(zalo, database, vault)
                _beside(stack, receiver.announce(hook_url + ZALO_PATH, secret))
            await server.serve()
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing
    finally:
        await bot.shutdown()
        await database.close()


async def _announce(bot: ExtBot[Any], hook_url: str, secret: str, province: str) -> None:
    await _initialize(bot)
    await until_done(partial(announce, bot, hook_url, secret, province))


def _stop_if_failed(server: uvicorn.Server, announcing: "asyncio.Task[None]") -> None:
    """Who cannot be announced (a wrong token) is told so in one line, not left to listen."""
    if not announcing.cancelled() and announcing.exception() is not None:
        server.should_exit = True


async def _initialize(bot: ExtBot[Any]) -> None:
    """Learn who we are; waits while Telegram is out of reach. Raises ValueError for a token
    that Telegram does not know."""
    while True:
        try:
            await bot.initialize()
            return
        except InvalidToken:
            raise ValueError(
                "the Bot API server does not know LANGNGHE_TELEGRAM_TOKEN, or"
                " LANGNGHE_TELEGRAM_API_URL is not a Bot API server"
            ) from None
        except TelegramError as error:
            logger.warning("telegram is out of reach", extra={"error": type(error).__name__})
            await asyncio.sleep(3)


def run_console(settings: Settings, url: str) -> None:
    """Serve the staff console until SIGTERM. It opens no vault: it cannot tell who wrote."""
    tables, database = asyncio.run(open_tables(settings, url)), Database(url)
    app = create_console(database, tables, secure_cookies=settings.secure_cookies, clock=utc_now)
    _serve(app, settings.console_host, settings.console_port, patience=5)


def run_playground(settings: Settings) -> None:
    """Serve the local Telegram on loopback until SIGTERM."""
    pack = open_pack(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    places = [
        Place(ward.name, *pack.gazetteer.point_in(ward.code))
        for ward in list(pack.wards.values())[:PLACES_OFFERED]
    ]
    token = PLAYGROUND_TOKEN
    if settings.telegram_token is not None:
        token = settings.telegram_token.get_secret_value()
    zalo_token = PLAYGROUND_ZALO_TOKEN
    if settings.zalo_token is not None:
        zalo_token = settings.zalo_token.get_secret_value()
    app = create_playground(
        settings.data_dir / "playground.sqlite3", token, zalo_token=zalo_token, places=places
    )
    # A long poll may be open when it stops.
    _serve(app, "127.0.0.1", settings.playground_port, patience=1)


def _serve(app: FastAPI, host: str, port: int, patience: int) -> None:
    # uvicorn passes the signal on when it has stopped: leave then, so that contexts are closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(_web_config(app, host, port, patience)).run()


def _web_config(app: FastAPI, host: str, port: int, patience: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # Addresses of case pages and citizens' chats are not for logs.
        server_header=False,
        timeout_graceful_shutdown=patience,
    )
