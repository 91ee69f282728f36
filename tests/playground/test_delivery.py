"""Long polling and webhook: every update once in order, whatever fails in between."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from telegram import Update
from telegram.error import Conflict

from .conftest import AN, TOKEN, Playground

Open = Callable[..., AbstractContextManager[Playground]]


class Hook:
    """A bot's own web server: answers with the statuses given, then with 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.received: list[tuple[str | None, dict[str, Any]]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token")
                hook.received.append((secret, json.loads(body)))
                self.send_response(hook.statuses.pop(0) if hook.statuses else 200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> list[str]:
        """The texts received once there are that many deliveries."""
        deadline = time.monotonic() + 15
        while len(self.received) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return [update["message"]["text"] for _, update in self.received]


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook(500, 404, 302)
    yield made
    made.server.shutdown()
    made.server.server_close()


def wait_until_delivered(playground: Playground) -> dict[str, Any]:
    deadline = time.monotonic() + 15
    while (info := playground.result("getWebhookInfo"))["pending_update_count"]:
        assert time.monotonic() < deadline, info
        time.sleep(0.02)
    return dict(info)


def test_a_webhook_gets_every_update_in_order_with_its_secret(
    playground: Playground, hook: Hook
) -> None:
    playground.say("một")
    assert playground.result("setWebhook", url=hook.url, secret_token="bi_mat-1")
    playground.say("hai")
    playground.say("ba")
    assert hook.wait_for(6) == ["một"] * 4 + ["hai", "ba"]
    assert {secret for secret, _ in hook.received} == {"bi_mat-1"}
    info = wait_until_delivered(playground)
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"
    assert Update.de_json(hook.received[0][1], None).message


def test_a_webhook_that_is_down_is_tried_until_it_is_back(open_playground: Open) -> None:
    late = Hook()
    late.server.shutdown()
    late.server.server_close()
    with open_playground(webhook_url=late.url) as playground:
        playground.say("còn nguyên")
        deadline = time.monotonic() + 10
        while "last_error_message" not in (info := playground.result("getWebhookInfo")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert info["last_error_message"] == "Connection refused"
        assert info["pending_update_count"] == 1
        back = Hook()
        playground.result("setWebhook", url=back.url)
        assert back.wait_for(1) == ["còn nguyên"]
        back.server.shutdown()
        back.server.server_close()


@pytest.mark.parametrize("url", ["http://example.vn/x", "ftp://127.0.0.1/x", "không phải"])
def test_a_webhook_needs_https_except_on_this_machine(playground: Playground, url: str) -> None:
    assert playground.refusal("setWebhook", url=url) == (
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    )


def test_a_webhooks_secret_is_plain(playground: Playground) -> None:
    answer = playground.refusal("setWebhook", url="https://example.vn", secret_token="a b")
    assert answer == "Bad Request: secret token contains unallowed characters"
    assert playground.result("getWebhookInfo")["url"] == ""


def test_polling_and_webhook_exclude_each_other(playground: Playground) -> None:
    playground.result("setWebhook", url="https://127.0.0.1:1/x")
    assert playground.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active;"
        " use deleteWebhook to delete the webhook first"
    )
    playground.say("a")
    playground.result("deleteWebhook")
    assert len(playground.result("getUpdates")) == 1
    playground.result("deleteWebhook", drop_pending_updates=True)
    assert playground.result("getUpdates") == []


def test_updates_repeat_until_an_offset_confirms_them(playground: Playground) -> None:
    for text in "abc":
        playground.say(text)
    first = playground.result("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["a", "b"]
    assert playground.result("getUpdates", limit=2) == first
    rest = playground.result("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["c"]
    assert playground.result("getUpdates") == rest


def test_a_negative_offset_forgets_all_but_the_last(playground: Playground) -> None:
    for text in "abc":
        playground.say(text)
    assert [u["message"]["text"] for u in playground.result("getUpdates", offset=-2)] == ["b", "c"]
    assert len(playground.result("getUpdates")) == 2


def test_allowed_updates_are_remembered(playground: Playground) -> None:
    playground.result("getUpdates", allowed_updates=["callback_query"])
    playground.say("không ai nghe")
    assert playground.result("getUpdates") == []
    playground.result("getUpdates", allowed_updates=[])
    playground.say("có người nghe")
    assert len(playground.result("getUpdates")) == 1


async def test_a_long_poll_answers_when_something_is_said(playground: Playground) -> None:
    async with playground.bot() as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.3)
        started = time.monotonic()
        await asyncio.to_thread(playground.say, "đây")
        (update,) = await poll
    assert update.message
    assert update.message.text == "đây"
    assert time.monotonic() - started < 5


async def test_a_second_long_poll_ends_the_first(playground: Playground) -> None:
    async with playground.bot() as one, playground.bot() as two:
        first = asyncio.create_task(one.get_updates(timeout=20))
        await asyncio.sleep(0.3)
        second = asyncio.create_task(two.get_updates(timeout=20))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await asyncio.to_thread(playground.say, "cho người sau")
        assert len(await second) == 1


async def test_setting_a_webhook_ends_a_long_poll(playground: Playground) -> None:
    async with playground.bot() as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.3)
        await bot.set_webhook("https://127.0.0.1:1/x")
        with pytest.raises(Conflict, match="terminated by setWebhook request"):
            await poll


def test_the_page_waits_for_what_the_bot_changes(playground: Playground) -> None:
    playground.say("/start")
    sent = playground.result("sendMessage", chat_id=AN, text="a")
    change = playground.http.get(f"/api/chats/{AN}/messages").json()["change"]
    same = {"chat_id": AN, "message_id": sent["message_id"]}
    edit = threading.Timer(0.3, lambda: playground.call("editMessageText", **same, text="b"))
    edit.start()
    (edited,) = playground.read(since=change, wait=10)
    assert edited["text"] == "b"
    assert edited["edited"]
    playground.result("deleteMessage", **same)
    assert [m["deleted"] for m in playground.read(since=edited["change"])] == [True]
    assert playground.read(after=sent["message_id"], wait=0.1) == []


def poll_for_long(url: str) -> httpx.Response:
    return httpx.get(f"{url}/bot{TOKEN}/getUpdates?timeout=40", trust_env=False, timeout=60)


async def test_a_playground_that_stops_ends_long_polls_politely(open_playground: Open) -> None:
    with open_playground() as playground:
        poll = asyncio.create_task(asyncio.to_thread(poll_for_long, playground.url))
        await asyncio.sleep(0.3)
        started = time.monotonic()
    answer = await poll
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert time.monotonic() - started < 10
