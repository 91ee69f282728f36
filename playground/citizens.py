"""The citizen's side: what a phone does, as JSON over HTTP, for the page and for tests.

| request | does |
|---|---|
| `GET /api/citizens` | everyone, with `last_message` |
| `POST /api/citizens` `{"first_name", "last_name"?}` | 201, a new citizen |
| `POST /api/crowd` `{"texts"}` | 201, a new citizen for each text, who sends it |
| `POST /api/chats/{id}/messages` `{"text"}` | sends it, cut at 4096 as a phone does |
| `POST /api/chats/{id}/messages` `{"latitude", "longitude"}` | sends a location |
| the same, multipart: `photo` (several: an album), `document`, `voice`, `caption` | sends files |
| `POST /api/chats/{id}/taps` `{"message_id", "data"}` | 201, taps a button that is there now |
| `GET /api/chats/{id}/taps/{callback_query_id}?wait=` | `{"answered", "text", "show_alert"}` |
| `GET /api/chats/{id}/messages?after=&since=&from=&wait=` | messages, see below |
| `POST /api/chats/{id}/block`, `/unblock` | blocks the bot, or takes that back |

Sending answers 201 `{"message_id", "messages": [...]}`; the id is the first message's. A text, file
or tap while the bot is blocked is 409. Refusals are `{"detail": "..."}` in Vietnamese.

Reading answers `{"messages": [...], "change", "started", "blocked", "typing", "keyboard"}`.
`after` is a message id and gives the later ones; `since` is an earlier answer's `change` and gives
also what was edited or deleted since. `from` is `bot` or `citizen`. `wait` (seconds, at most 50)
waits until there is a message to give, or, with `since`, until anything about the chat changes.

A message is `{"message_id", "from", "sent_at", "text", "html", "entities", "buttons", "edited",
"deleted", "change"}` and, where it has them, `photo {url, width, height}`, `document` and `voice
{url, file_name, file_size}`, `location {latitude, longitude}`, `reply_to`. `buttons` are rows of
`{"text", "data"}` or `{"text", "url"}`; `html` is escaped and safe to put into a page.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from starlette.datastructures import FormData, UploadFile

from playground.delivery import Bell
from playground.errors import ApiError
from playground.markup import MarkupError
from playground.media import FOLDERS
from playground.store import Citizen, Json, Message, Sender, Store
from playground.telegram import Upload
from playground.views import Bot, describe, describe_chat, describe_citizen

MAX_WAIT_S = 50.0
MAX_ALBUM = 10
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Wait = Annotated[float, Query(ge=0, le=MAX_WAIT_S)]


AN_EMPTY_MESSAGE = "Tin nhắn chưa có nội dung."


class Phone(Protocol):
    """The acts of a messenger's citizens. Each raises ValueError, in Vietnamese, or ApiError."""

    def send_texts(self, citizen: Citizen, text: str) -> list[Message]: ...
    def send_location(
        self, citizen: Citizen, latitude: float, longitude: float
    ) -> list[Message]: ...
    def send_files(
        self, citizen: Citizen, uploads: Sequence[tuple[str, Upload]], caption: str
    ) -> list[Message]: ...
    def tap(self, citizen: Citizen, message_id: int, data: str) -> str: ...
    def change_block(self, citizen: Citizen, blocked: bool) -> None: ...


class NewCitizen(BaseModel):
    first_name: Annotated[Name, Field(min_length=1)]
    last_name: Name = ""


class Crowd(BaseModel):
    texts: Annotated[list[str], Field(max_length=1000)]


class Location(BaseModel):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Tap(BaseModel):
    message_id: int
    data: str


class CitizenRoutes:
    """The requests of this module's table, as methods."""

    def __init__(self, store: Store, phone: Phone, bot: Bot, page: Bell) -> None:
        self._store = store
        self._phone = phone
        self._bot = bot
        self._page = page

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/api")
        created = HTTPStatus.CREATED
        chat = "/chats/{chat_id}"
        router.add_api_route("/citizens", self.list_citizens)
        router.add_api_route("/citizens", self.add_citizen, methods=["POST"], status_code=created)
        router.add_api_route("/crowd", self.add_crowd, methods=["POST"], status_code=created)
        router.add_api_route(f"{chat}/messages", self.read)
        router.add_api_route(f"{chat}/messages", self.send, methods=["POST"], status_code=created)
        router.add_api_route(f"{chat}/taps", self.tap, methods=["POST"], status_code=created)
        router.add_api_route(f"{chat}/taps/{{query_id}}", self.read_answer)
        router.add_api_route(f"{chat}/block", self.block, methods=["POST"])
        router.add_api_route(f"{chat}/unblock", self.unblock, methods=["POST"])
        router.add_api_route("/files/{file_id}", self.read_file)
        return router

    async def list_citizens(self) -> list[Json]:
        return [describe_citizen(self._store, citizen) for citizen in self._store.citizens()]

    async def add_citizen(self, new: NewCitizen) -> Json:
        citizen = self._store.add_citizen(new.first_name, new.last_name)
        return describe_citizen(self._store, citizen)

    async def add_crowd(self, crowd: Crowd) -> Json:
        """Many people at once, for load runs: one request costs less than it measures."""
        people = [self._store.add_citizen("Người", "Trong Đám Đông") for _ in crowd.texts]
        for citizen, text in zip(people, crowd.texts, strict=True):
            try:
                self._phone.send_texts(citizen, text)
            except ValueError as error:
                raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, _say(error)) from error
        return {"ids": [citizen.id for citizen in people]}

    async def send(self, chat_id: int, request: Request) -> Json:
        citizen = self._find_unblocked(chat_id)
        try:
            sent = await _send_request(self._phone, citizen, request)
        except (ApiError, MarkupError, ValueError) as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, _say(error)) from error
        return {"message_id": sent[0].message_id, "messages": [describe(m) for m in sent]}

    async def read(
        self,
        chat_id: int,
        after: int = 0,
        since: int | None = None,
        sender: Annotated[Sender | None, Query(alias="from")] = None,
        wait: Wait = 0,
    ) -> Json:
        self._find(chat_id)
        found = self._select(chat_id, after, since, sender)
        end = _now() + wait
        while not found and (left := end - _now()) > 0:
            rang = await self._page.wait(chat_id, left)
            found = self._select(chat_id, after, since, sender)
            if rang and since is not None:
                break
        chat = describe_chat(self._store, self._bot, chat_id)
        return {"messages": [describe(message) for message in found], **chat}

    async def tap(self, chat_id: int, tapped: Tap) -> Json:
        citizen = self._find_unblocked(chat_id)
        try:
            query_id = self._phone.tap(citizen, tapped.message_id, tapped.data)
        except ValueError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
        return {"callback_query_id": query_id}

    async def read_answer(self, chat_id: int, query_id: str, wait: Wait = 0) -> Json:
        end = _now() + wait
        while True:
            query = self._store.callback_query(query_id)
            if query is None or query.chat_id != chat_id:
                raise HTTPException(HTTPStatus.NOT_FOUND, "Không có lần bấm nút này.")
            if query.answer is not None or (left := end - _now()) <= 0:
                return {"answered": query.answer is not None, **(query.answer or {})}
            await self._page.wait(chat_id, left)

    async def block(self, chat_id: int) -> Json:
        self._phone.change_block(self._find(chat_id), blocked=True)
        return {"blocked": True}

    async def unblock(self, chat_id: int) -> Json:
        self._phone.change_block(self._find(chat_id), blocked=False)
        return {"blocked": False}

    async def read_file(self, file_id: str) -> Response:
        file = self._store.file(file_id)
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "Không có tệp này.")
        # Only pictures that we recognised ourselves are shown; the rest is saved, never opened.
        if file.file_path.startswith("photos/"):
            return Response(file.content, media_type=file.mime_type)
        headers = {"Content-Disposition": "attachment"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    def _find(self, citizen_id: int) -> Citizen:
        citizen = self._store.citizen(citizen_id)
        if citizen is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "Không có người dân này.")
        return citizen

    def _find_unblocked(self, citizen_id: int) -> Citizen:
        citizen = self._find(citizen_id)
        if citizen.blocked:
            raise HTTPException(HTTPStatus.CONFLICT, "Bạn đang chặn bot. Hãy bỏ chặn trước.")
        return citizen

    def _select(
        self, chat_id: int, after: int, since: int | None, sender: Sender | None
    ) -> list[Message]:
        """Deleted messages are told only to a reader who may still show them."""
        return [
            message
            for message in self._store.messages(chat_id, after, since or 0)
            if (since or not message.deleted) and sender in (None, message.sender)
        ]


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _send_request(phone: Phone, citizen: Citizen, request: Request) -> list[Message]:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            uploads = await _read_uploads(form)
            return phone.send_files(citizen, uploads, str(form.get("caption") or ""))
    body: Any = await request.json()
    if not isinstance(body, dict):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "Yêu cầu không hợp lệ.")
    if "latitude" in body:
        place = Location.model_validate(body)
        return phone.send_location(citizen, place.latitude, place.longitude)
    return phone.send_texts(citizen, str(body.get("text") or ""))


async def _read_uploads(form: FormData) -> list[tuple[str, Upload]]:
    uploads: list[tuple[str, Upload]] = []
    for kind in FOLDERS:
        for part in form.getlist(kind):
            if isinstance(part, UploadFile):
                content = await part.read()
                mime_type = part.content_type or "application/octet-stream"
                uploads.append((kind, Upload(part.filename, mime_type, content)))
    if not 1 <= len(uploads) <= MAX_ALBUM:
        raise ValueError(f"Hãy chọn từ 1 đến {MAX_ALBUM} tệp.")
    return uploads


def _say(error: Exception) -> str:
    """The refusal for a person."""
    if isinstance(error, ApiError):
        return "Không dùng được tệp này. Hãy chọn một ảnh khác (JPG, PNG, WebP, tối đa 10 MB)."
    if isinstance(error, ValidationError):
        return "Vị trí không hợp lệ."
    if isinstance(error, MarkupError):
        return "Nội dung có ký tự không hợp lệ."
    return str(error) if type(error) is ValueError else "Yêu cầu không hợp lệ."
