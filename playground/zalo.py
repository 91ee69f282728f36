"""The local Zalo: the Zalo Bot Platform's API and its citizens, beside the local Telegram.

Source: bot.zaloplatforms.com/docs. Strict as far as that says; what it leaves open is ours: the
pace (Telegram's), 403 for a citizen who blocked the bot, and a webhook that is repeated until it is
answered with 2xx. An update is given to one `getUpdates` and never again, as at Zalo.

Pictures are the only files: a recording, a document or a place comes as "unsupported".
"""

import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from playground.citizens import AN_EMPTY_MESSAGE
from playground.delivery import Bell, Updates, Webhook
from playground.errors import ApiError, bad_request, conflict, forbidden, not_found
from playground.limits import SendLimits
from playground.markup import clean, utf16_length
from playground.store import Citizen, Json, Message, Store
from playground.telegram import Params, Upload, store_upload

LONGEST = 2000
KIND = "zalo"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105
USUAL_POLL_S = 30.0
LONGEST_POLL_S = 60.0
_USER_PREFIX, _MESSAGE_PREFIX = "e4ea2cd5189d", "16f6366b3f02"


def user_id(citizen_id: int) -> str:
    """A citizen's id as Zalo's look: hexadecimal, not to be counted with."""
    return f"{_USER_PREFIX}{citizen_id:08x}"


def _message_id(number: int) -> str:
    return f"{_MESSAGE_PREFIX}{number:08x}"


class ZaloBotApi:
    """One bot's methods. `now` gives Unix seconds."""

    is_started_by_citizen = False

    def __init__(
        self,
        store: Store,
        updates: Updates,
        limits: SendLimits,
        page: Bell,
        now: Callable[[], float],
        me: Json,
    ) -> None:
        self._store = store
        self._updates = updates
        self._limits = limits
        self._page = page
        self._now = now
        self._me = me
        self.webhook: Webhook | None = None
        # Where bots reach us, for the addresses of pictures: as they last called us.
        self._base_url = ""

    async def call(self, method: str, params: Params, base_url: str) -> Any:
        """A method's result. Raises ApiError, 404 for a method that Zalo does not have."""
        self._base_url = base_url.rstrip("/")
        handler = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendChatAction": self._send_chat_action,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
        }.get(method)
        if method == "getUpdates":
            return await self._get_updates(params)
        if handler is None:
            raise not_found()
        return handler(params)

    def is_typing(self, chat_id: int) -> bool:
        return False

    def shown(self, update: Json) -> Json:
        """A stored update as a bot gets it, with whole addresses."""
        content: Json = update[KIND]
        message = dict(content["message"])
        if "photo" in message:
            message["photo"] = f"{self._base_url}{message['photo']}"
        return {**content, "message": message}

    def _get_me(self, params: Params) -> Json:
        return self._me

    async def _get_updates(self, params: Params) -> Json:
        if self._store.setting("webhook"):
            raise conflict("can't use getUpdates method while webhook is active")
        told = params.text("timeout")
        seconds = float(told) if re.fullmatch(r"\d{1,4}", told) else USUAL_POLL_S
        waiting = self._store.updates(1)
        if not waiting:
            await self._updates.arrived.wait(timeout_s=min(seconds, LONGEST_POLL_S))
            waiting = self._store.updates(1)
        if not waiting:
            raise ApiError(HTTPStatus.REQUEST_TIMEOUT, "Request timeout")
        self._store.confirm_updates(before=waiting[0]["update_id"] + 1)
        return self.shown(waiting[0])

    def _send_message(self, params: Params) -> Json:
        text = clean(params.text("text"))
        if not text.strip():
            raise bad_request("text is required")
        if utf16_length(text) > LONGEST:
            raise bad_request(f"text must have at most {LONGEST} characters")
        citizen = self._reachable(params)
        wait = self._limits.admit_message(citizen.id)
        if wait:
            raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", wait)
        body = {"date": int(self._now()), "text": text}
        message = self._store.add_message(citizen.id, "bot", body)
        self._page.ring(citizen.id)
        date = int(self._now() * 1000)
        return {"message_id": _message_id(message.message_id), "date": date}

    def _send_chat_action(self, params: Params) -> None:
        self._reachable(params)
        if params.text("action") not in ("typing", "upload_photo"):
            raise bad_request("action is invalid")

    def _reachable(self, params: Params) -> Citizen:
        found = re.fullmatch(rf"{_USER_PREFIX}([0-9a-f]{{8}})", params.text("chat_id"))
        citizen = self._store.citizen(int(found[1], 16)) if found else None
        if citizen is None:
            raise bad_request("chat not found")
        if citizen.blocked:
            raise forbidden("bot was blocked by the user")
        return citizen

    def _set_webhook(self, params: Params) -> Json:
        secret = params.text("secret_token")
        if not 8 <= len(secret) <= 256:
            raise bad_request("secret_token must have 8 to 256 characters")
        assert self.webhook is not None
        self.webhook.register(params.text("url"), secret, max_connections=1)
        return self._webhook_info(params)

    def _delete_webhook(self, params: Params) -> Json:
        assert self.webhook is not None
        self.webhook.remove()
        return self._webhook_info(params)

    def _webhook_info(self, params: Params) -> Json:
        hook = self._store.setting("webhook") or {"url": ""}
        return {"url": hook["url"], "updated_at": int(self._now() * 1000)}


class ZaloPhone:
    """What a citizen does on Zalo; the page's routes call it as they call Telegram's."""

    def __init__(
        self, store: Store, updates: Updates, page: Bell, now: Callable[[], float]
    ) -> None:
        self._store = store
        self._updates = updates
        self._page = page
        self._now = now

    def send_texts(self, citizen: Citizen, text: str) -> list[Message]:
        """Raises ValueError for an empty text, or one that is too long for Zalo."""
        shown = clean(text).strip()
        if not shown:
            raise ValueError(AN_EMPTY_MESSAGE)
        if utf16_length(shown) > LONGEST:
            raise ValueError(f"Tin nhắn Zalo có tối đa {LONGEST} ký tự.")
        with self._store.transaction():
            return [self._send(citizen, "text", {"text": shown}, {"text": shown})]

    def send_location(self, citizen: Citizen, latitude: float, longitude: float) -> list[Message]:
        location = {"location": {"latitude": latitude, "longitude": longitude}}
        with self._store.transaction():
            return [self._send(citizen, "unsupported", location, {})]

    def send_files(
        self, citizen: Citizen, uploads: Sequence[tuple[str, Upload]], caption: str
    ) -> list[Message]:
        """Each file is a message, with the caption under the first. Raises ApiError for a photo
        that is none."""
        with self._store.transaction():
            return [
                self._send_file(citizen, kind, upload, caption if number == 0 else "")
                for number, (kind, upload) in enumerate(uploads)
            ]

    def _send_file(self, citizen: Citizen, kind: str, upload: Upload, caption: str) -> Message:
        content = store_upload(self._store, kind, upload)
        if kind != "photo":
            return self._send(citizen, "unsupported", content, {})
        words = {"caption": caption} if caption else {}
        address = f"/photo/{content['photo'][-1]['file_id']}"
        return self._send(citizen, "image", content | words, {"photo": address, **words})

    def tap(self, citizen: Citizen, message_id: int, data: str) -> str:
        """Raises ValueError: Zalo has no buttons."""
        raise ValueError("Trên Zalo không có nút: hãy trả lời bằng số.")

    def change_block(self, citizen: Citizen, blocked: bool) -> None:
        """Zalo tells the bot nothing of it."""
        self._store.mark_blocked(citizen.id, blocked)
        self._page.ring(citizen.id)

    def _send(self, citizen: Citizen, event: str, shown: Json, told: Json) -> Message:
        self._store.mark_started(citizen.id)
        now = self._now()
        message = self._store.add_message(citizen.id, "citizen", {"date": int(now), **shown})
        who = user_id(citizen.id)
        update = {
            "event_name": f"message.{event}.received",
            "message": {
                "from": {"id": who, "display_name": citizen.first_name, "is_bot": False},
                "chat": {"id": who, "chat_type": "PRIVATE"},
                "message_id": _message_id(message.message_id),
                "date": int(now * 1000),
                **told,
            },
        }
        self._updates.publish(KIND, update)
        self._page.ring(citizen.id)
        return message
