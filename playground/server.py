"""The local Telegram as one web application: Bot API, citizens' API and the chat page.

    /bot<token>/<method>, /file/bot<token>/<path>   the Bot API       (playground/telegram.py)
    /api/...                                        the citizens      (playground/citizens.py)
    /                                               the page

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
from playground.store import Store
from playground.telegram import TOKEN, BotApi, Params, Upload
from playground.views import describe_citizen

_HERE = Path(__file__).parent
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
    webhook_url: str | None = None,
    webhook_secret: str = "",
    bot_name: str = "Lắng Nghe",
    places: Sequence[Place] = (),
    limits: SendLimits | None = None,
    now: Callable[[], float] = time.time,
    first_retry_s: float = 1.0,
) -> FastAPI:
    """The application; it opens the store at once and closes it when it stops.

    `token` is the bot's ("123456:ABC"); `webhook_url` sets a webhook as `setWebhook` would; `now`
    gives Unix seconds; `first_retry_s` is the wait after the first failed webhook delivery, doubled
    for each further one. Raises ValueError for a token that Telegram could not give out, and
    ApiError for a webhook that it would refuse.
    """
    if not TOKEN.fullmatch(token):
        raise ValueError("a bot token looks like 123456:ABC")
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

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        deliveries = asyncio.create_task(webhook.run())
        yield
        deliveries.cancel()
        await asyncio.gather(deliveries, return_exceptions=True)
        store.close()

    # The interactive documentation would load scripts from elsewhere.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(OwnMachineOnly)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.include_router(CitizenRoutes(store, phone, bot, page).router())
    _add_bot_api(app, bot, store, token)
    _add_page(app, store, bot_name, places)
    return app


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


def _add_page(app: FastAPI, store: Store, bot_name: str, places: Sequence[Place]) -> None:
    templates = Jinja2Templates(directory=_HERE / "templates")

    @app.get("/")
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
