"""The local Telegram as one web application: Bot API, citizens' API and the chat page.

    /bot<token>/<method>, /file/bot<token>/<path>   the Bot API       (playground/telegram.py)
    /api/...                                        the citizens      (playground/citizens.py)
    /                                               the page
    /zalo/...                                       the same for Zalo (playground/zalo.py)

It is for one person's machine. It has no accounts, so it answers only requests that name this
machine (a page elsewhere cannot reach it by rebinding a domain name) and only pages of its own
(a page elsewhere cannot post to it). Serve it on 127.0.0.1, with a time limit for shutting down,
because a long poll may be open: `uvicorn ... --timeout-graceful-shutdown 1`.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.datastructures import MutableHeaders, UploadFile
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.citizens import CitizenRoutes
from playground.delivery import Bell, Updates, Webhook
from playground.errors import ApiError, bad_request, not_found, too_large
from playground.limits import SendLimits
from playground.media import MAX_DOWNLOAD_BYTES, MAX_UPLOAD_BYTES
from playground.phone import Phone, seed_citizens
from playground.store import Json, Store
from playground.telegram import TOKEN, BotApi, Params, Upload
from playground.views import describe_citizen
from playground.zalo import SECRET_HEADER, ZaloBotApi, ZaloPhone

_HERE = Path(__file__).parent
ZALO_BASE = "/zalo"
_LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
# Room for the parts of a form around the largest file.
_MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Place:
    """A point that the page offers when a citizen sends a location; degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


def create_app(
    store_path: Path,
    token: str,
    *,
    zalo_token: str | None = None,
    webhook_url: str | None = None,
    webhook_secret: str = "",
    bot_name: str = "Lắng Nghe",
    places: Sequence[Place] = (),
    limits: SendLimits | None = None,
    now: Callable[[], float] = time.time,
    first_retry_s: float = 1.0,
) -> FastAPI:
    """The application; it opens the store at once and closes it when it stops.

    `token` is the bot's ("123456:ABC"), `zalo_token` that of a bot on Zalo, whose store lies beside
    `store_path`; `webhook_url` sets a webhook as `setWebhook` would; `now`
    gives Unix seconds; `first_retry_s` is the wait after the first failed webhook delivery, doubled
    for each further one. Raises ValueError for a token that Telegram could not give out, and
    ApiError for a webhook that it would refuse.
    """
    _require_form(token)
    me = {
        "id": int(token.split(":")[0]),
        "is_bot": True,
        "first_name": bot_name,
        "username": "langnghe_playground_bot",
    }
    store = Store(store_path, first_update_id=int(now()))
    seed_citizens(store)
    page, updates = Bell(), Updates(store)
    webhook = Webhook(store, updates, now, first_retry_s)
    if webhook_url is not None:
        webhook.register(webhook_url, webhook_secret, max_connections=40)
    bot = BotApi(store, updates, webhook, limits or SendLimits(time.monotonic), page, now, me)
    phone = Phone(store, updates, page, now, me)
    zalo = None
    if zalo_token is not None:
        zalo = ZaloSide(store_path.with_suffix(".zalo.sqlite3"), zalo_token, limits, now)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hooks = [webhook] if zalo is None else [webhook, zalo.webhook]
        deliveries = [asyncio.create_task(hook.run()) for hook in hooks]
        yield
        for task in deliveries:
            task.cancel()
        await asyncio.gather(*deliveries, return_exceptions=True)
        store.close()
        if zalo is not None:
            zalo.store.close()

    # The interactive documentation would load scripts from elsewhere.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(OwnMachineOnly)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.include_router(CitizenRoutes(store, phone, bot, page).router())
    _add_bot_api(app, bot, store, token)
    if zalo is not None:
        app.include_router(zalo.citizens.router(), prefix=ZALO_BASE)
        _add_zalo_api(app, zalo)
        others = {"Telegram": "/", "Zalo": f"{ZALO_BASE}/"}
        _add_page(app, zalo.store, bot_name, [], Page("Zalo", ZALO_BASE, others))
        _add_page(app, store, bot_name, places, Page("Telegram", "", others))
    else:
        _add_page(app, store, bot_name, places, Page("Telegram", "", {}))
    return app


@dataclass(frozen=True)
class Page:
    """Which messenger a page shows: its name, where its addresses begin, and all there are."""

    messenger: str
    base: str
    all: dict[str, str]


class ZaloSide:
    """All that the local Zalo is made of."""

    def __init__(
        self, store_path: Path, token: str, limits: SendLimits | None, now: Callable[[], float]
    ) -> None:
        _require_form(token)
        self.token = token
        self.store = Store(store_path, first_update_id=int(now()))
        seed_citizens(self.store)
        page, updates = Bell(), Updates(self.store)
        me = {
            "id": token.split(":")[0],
            "account_name": "bot.LangNghe",
            "account_type": "BASIC",
            "can_join_groups": False,
        }
        limits = limits or SendLimits(time.monotonic)
        self.bot = ZaloBotApi(self.store, updates, limits, page, now, me)

        def wrap(update: Json) -> Json:
            return {"ok": True, "result": self.bot.shown(update)}

        self.webhook = Webhook(self.store, updates, now, 1.0, SECRET_HEADER, wrap)
        self.bot.webhook = self.webhook
        phone = ZaloPhone(self.store, updates, page, now)
        self.citizens = CitizenRoutes(self.store, phone, self.bot, page)


class OwnMachineOnly:
    """Turns away other Host names (421), pages of other origins (403) and huge bodies (413)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = _refusal(Request(scope))
        if refused is not None:
            await _as_response(ApiError(refused, refused.phrase))(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_SECURITY_HEADERS)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            # The server stops while a long poll waits. Only those wait, so nothing is sent yet.
            stopping = HTTPStatus.SERVICE_UNAVAILABLE
            await _as_response(ApiError(stopping, stopping.phrase))(scope, receive, send)


def _refusal(request: Request) -> HTTPStatus | None:
    host = request.headers.get("host", "")
    if not _LOOPBACK_HOST.fullmatch(host):
        return HTTPStatus.MISDIRECTED_REQUEST
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return HTTPStatus.FORBIDDEN
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > _MAX_BODY_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def _add_bot_api(app: FastAPI, bot: BotApi, store: Store, token: str) -> None:
    async def call(given: str, method: str, request: Request) -> Response:
        try:
            _check_token(given, token)
            result = await bot.call(method, await _read_params(request))
        except ApiError as error:
            return _as_response(error)
        return JSONResponse({"ok": True, "result": result})

    async def download(given: str, path: str) -> Response:
        try:
            _check_token(given, token)
            file = store.file_at(path)
            if file is None or len(file.content) > MAX_DOWNLOAD_BYTES:
                raise not_found()
        except ApiError as error:
            return _as_response(error)
        return Response(file.content, media_type="application/octet-stream")

    app.add_api_route("/bot{given}/{method}", call, methods=["GET", "POST"])
    app.add_api_route("/file/bot{given}/{path:path}", download, methods=["GET"])


def _require_form(token: str) -> None:
    if not TOKEN.fullmatch(token):
        raise ValueError("a bot token looks like 123456:ABC")


def _add_zalo_api(app: FastAPI, zalo: ZaloSide) -> None:
    async def call(given: str, method: str, request: Request) -> Response:
        try:
            _check_token(given, zalo.token)
            base = f"{request.base_url}".rstrip("/") + ZALO_BASE
            result = await zalo.bot.call(method, await _read_params(request), base)
        except ApiError as error:
            return _as_zalos_response(error)
        return JSONResponse({"ok": True, "result": result})

    async def show_photo(file_id: str) -> Response:
        file = zalo.store.file(file_id)
        if file is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(file.content, media_type=file.mime_type)

    app.add_api_route(f"{ZALO_BASE}/bot{{given}}/{{method}}", call, methods=["GET", "POST"])
    app.add_api_route(f"{ZALO_BASE}/photo/{{file_id}}", show_photo, methods=["GET"])


def _as_zalos_response(error: ApiError) -> JSONResponse:
    """Zalo refuses with 200 and says in the body what is wrong."""
    body = {"ok": False, "error_code": int(error.code), "description": error.description}
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return JSONResponse(body, headers=headers)


def _add_page(
    app: FastAPI, store: Store, bot_name: str, places: Sequence[Place], page: Page
) -> None:
    templates = Jinja2Templates(directory=_HERE / "templates")

    @app.get(f"{page.base}/")
    async def show_page(request: Request, citizen: int | None = None) -> Response:
        citizens = [describe_citizen(store, one) for one in store.citizens()]
        chosen = next((one for one in citizens if one["id"] == citizen), citizens[0])
        commands = _own_words(store, 'commands {"type": "default"}') or []
        context = {
            "bot_name": bot_name,
            "citizens": citizens,
            "chosen": chosen,
            "commands": commands,
            "description": _own_words(store, "description") or "",
            "places": places,
            "page": page,
        }
        return templates.TemplateResponse(request, "chat.html", context)


def _own_words(store: Store, name: str) -> Any:
    """What the bot set for Vietnamese, else for everyone."""
    return store.setting(f"{name} vi") or store.setting(f"{name} ")


def _check_token(given: str, token: str) -> None:
    if not TOKEN.fullmatch(given):
        raise not_found()
    if given != token:
        raise ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")


def _as_response(error: ApiError) -> JSONResponse:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": int(error.code),
        "description": error.description,
    }
    headers = {}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
        headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(body, status_code=error.code, headers=headers)


async def _read_params(request: Request) -> Params:
    """Parameters from the address, and from a JSON, urlencoded or multipart body."""
    values: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        values |= _read_json(await request.body())
    elif content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return await _read_form(request, values)
    return Params(values)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object: expected an Object")
    return values


async def _read_form(request: Request, values: dict[str, Any]) -> Params:
    files = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                content = await value.read()
                if len(content) > MAX_UPLOAD_BYTES:
                    raise too_large()
                mime_type = value.content_type or "application/octet-stream"
                files[name] = Upload(value.filename, mime_type, content)
            else:
                values[name] = value
    return Params(values, files)
