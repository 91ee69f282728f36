"""What Telegram refuses, in its words."""

import json
from typing import Any

import httpx
import pytest

from .conftest import AN, TOKEN, Playground, png


@pytest.fixture(autouse=True)
def an_has_started(playground: Playground) -> None:
    playground.say("/start")


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


REFUSED_MESSAGES = [
    ({"text": "x"}, "chat_id is empty"),
    ({"chat_id": 999, "text": "x"}, "chat not found"),
    ({"chat_id": "@ai_do", "text": "x"}, "chat not found"),
    ({"chat_id": 1002, "text": "x"}, "chat not found"),
    ({"chat_id": AN}, "message text is empty"),
    ({"chat_id": AN, "text": " \n "}, "message text is empty"),
    ({"chat_id": AN, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"chat_id": AN, "text": "x" * 4097}, "message is too long"),
    ({"chat_id": AN, "text": "😟" * 2049}, "message is too long"),
    ({"chat_id": AN, "text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    (
        {"chat_id": AN, "text": "x", "reply_markup": "{"},
        "can't parse reply keyboard markup JSON object",
    ),
    ({"chat_id": AN, "text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
    (
        {"chat_id": AN, "text": "x", "reply_markup": inline(text="A", callback_data="ă" * 33)},
        "BUTTON_DATA_INVALID",
    ),
    (
        {"chat_id": AN, "text": "x", "reply_markup": inline(text="", callback_data="a")},
        'can\'t parse inline keyboard button: Field "text" must be non-empty',
    ),
    (
        {"chat_id": AN, "text": "x", "reply_markup": inline(callback_data="a")},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        {"chat_id": AN, "text": "x", "reply_markup": inline(text="A", callback_data="")},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        {"chat_id": AN, "text": "x", "reply_markup": inline(text="A", url="http://localhost/a")},
        "inline keyboard button URL 'http://localhost/a' is invalid: Wrong HTTP URL",
    ),
    (
        {"chat_id": AN, "text": "x", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
    ),
]


@pytest.mark.parametrize(("params", "reason"), REFUSED_MESSAGES)
def test_a_message_is_refused(playground: Playground, params: Any, reason: str) -> None:
    assert playground.refusal("sendMessage", **params) == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 4096},
        {"text": "😟" * 2048},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": inline(text="A", callback_data="ă" * 32)},
        {"text": "x", "reply_markup": json.dumps(inline(text="A", url="https://example.vn"))},
        {"text": "x", "reply_markup": {"inline_keyboard": []}},
    ],
)
def test_a_message_at_the_limit_is_sent(playground: Playground, params: Any) -> None:
    assert playground.result("sendMessage", chat_id=AN, **params)["message_id"] > 0


def test_a_refused_message_leaves_nothing(playground: Playground) -> None:
    playground.refusal("sendMessage", chat_id=AN, text="x", reply_markup="{")
    assert playground.read(sender="bot") == []


def test_a_caption_may_have_1024_units(playground: Playground) -> None:
    def send(caption: str) -> httpx.Response:
        return playground.http.post(
            f"/bot{TOKEN}/sendPhoto",
            data={"chat_id": str(AN), "caption": caption},
            files={"photo": ("a.png", png(9, 9), "image/png")},
        )

    assert send("x" * 1024).json()["ok"]
    assert send("x" * 1025).json()["description"] == "Bad Request: message caption is too long"


def test_what_is_no_picture_is_no_photo(playground: Playground) -> None:
    answer = playground.http.post(
        f"/bot{TOKEN}/sendPhoto",
        data={"chat_id": str(AN)},
        files={"photo": ("a.png", b"not a picture", "image/png")},
    )
    assert answer.json()["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "there is no photo in the request"),
        ({"photo": "không có"}, "wrong file identifier/HTTP URL specified"),
        ({"photo": "https://example.vn/a.jpg"}, "failed to get HTTP URL content"),
    ],
)
def test_a_photo_must_be_there(playground: Playground, params: Any, reason: str) -> None:
    assert playground.refusal("sendPhoto", chat_id=AN, **params) == f"Bad Request: {reason}"


def test_edits_are_refused_for_telegrams_reasons(playground: Playground) -> None:
    sent = playground.result(
        "sendMessage",
        chat_id=AN,
        text="<b>a</b>",
        parse_mode="HTML",
        reply_markup=inline(text="A", callback_data="a"),
    )
    same = {"chat_id": AN, "message_id": sent["message_id"]}

    def refusal(**params: Any) -> str:
        return playground.refusal("editMessageText", **params).removeprefix("Bad Request: ")

    markup = inline(text="A", callback_data="a")
    assert refusal(**same, text="<b>a</b>", parse_mode="HTML", reply_markup=markup).startswith(
        "message is not modified: specified new message content and reply markup"
    )
    assert refusal(chat_id=AN, message_id=999, text="b") == "message to edit not found"
    assert refusal(chat_id=AN, text="b") == "message identifier is not specified"
    assert refusal(**same, text="") == "message text is empty"
    own = playground.say("của tôi")
    assert refusal(chat_id=AN, message_id=own, text="b") == "message can't be edited"
    edited = playground.result("editMessageText", **same, text="<b>a</b>", parse_mode="HTML")
    assert "reply_markup" not in edited
    assert edited["edit_date"] > 0
    again = playground.refusal("editMessageReplyMarkup", **same)
    assert again.startswith("Bad Request: message is not modified")


def test_a_message_is_deleted_once_and_not_after_two_days(playground: Playground) -> None:
    def send() -> dict[str, int]:
        sent = playground.result("sendMessage", chat_id=AN, text="x")
        return {"chat_id": AN, "message_id": sent["message_id"]}

    first, second = send(), send()
    assert playground.result("deleteMessage", **first) is True
    assert playground.refusal("deleteMessage", **first) == (
        "Bad Request: message to delete not found"
    )
    playground.clock.advance(48 * 3600 + 1)
    assert playground.refusal("deleteMessage", **second) == (
        "Bad Request: message can't be deleted for everyone"
    )


def test_a_tap_is_answered_in_time_or_not_at_all(playground: Playground) -> None:
    card = playground.result(
        "sendMessage", chat_id=AN, text="?", reply_markup=inline(text="A", callback_data="a")
    )
    tap = {"message_id": card["message_id"], "data": "a"}
    query = playground.http.post(f"/api/chats/{AN}/taps", json=tap).json()["callback_query_id"]
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert playground.refusal("answerCallbackQuery", callback_query_id="7") == old
    assert playground.refusal("answerCallbackQuery") == old
    assert "MESSAGE_TOO_LONG" in playground.refusal(
        "answerCallbackQuery", callback_query_id=query, text="x" * 201
    )
    assert playground.result("answerCallbackQuery", callback_query_id=query) is True
    playground.clock.advance(3600)
    assert playground.refusal("answerCallbackQuery", callback_query_id=query) == old


def test_only_a_button_that_is_there_can_be_tapped(playground: Playground) -> None:
    card = playground.result(
        "sendMessage", chat_id=AN, text="?", reply_markup=inline(text="A", callback_data="a")
    )

    def tap(data: str, citizen: int = AN) -> int:
        body = {"message_id": card["message_id"], "data": data}
        return playground.http.post(f"/api/chats/{citizen}/taps", json=body).status_code

    assert (tap("a"), tap("b"), tap("a", 1002), tap("a", 77)) == (201, 409, 409, 404)
    playground.result("editMessageText", chat_id=AN, message_id=card["message_id"], text="xong")
    assert tap("a") == 409


def test_a_file_over_twenty_megabytes_cannot_be_fetched(playground: Playground) -> None:
    def send(size: int) -> str:
        playground.http.post(
            f"/api/chats/{AN}/messages",
            files={"document": ("a.bin", b"x" * size, "application/octet-stream")},
        )
        update = playground.result("getUpdates", offset=-1)[0]
        return str(update["message"]["document"]["file_id"])

    limit = 20 * 1024 * 1024
    path = playground.result("getFile", file_id=send(limit))["file_path"]
    assert len(playground.http.get(f"/file/bot{TOKEN}/{path}").content) == limit
    assert playground.refusal("getFile", file_id=send(limit + 1)) == (
        "Bad Request: file is too big"
    )
    assert playground.refusal("getFile") == "Bad Request: file_id not specified"
    assert "wrong file_id" in playground.refusal("getFile", file_id="x")


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        (f"/bot{TOKEN}/getmE", 200, None),
        (f"/bot{TOKEN}/getNothing", 404, "Not Found"),
        (f"/bot{TOKEN}x/getMe", 401, "Unauthorized"),
        ("/bot1:ABC/getMe", 401, "Unauthorized"),
        ("/botABC/getMe", 404, "Not Found"),
        (f"/file/bot{TOKEN}/documents/file_9", 404, "Not Found"),
        ("/file/bot1:ABC/documents/file_9", 401, "Unauthorized"),
    ],
)
def test_addresses(playground: Playground, path: str, status: int, description: str | None) -> None:
    answer = playground.http.get(path)
    assert (answer.status_code, answer.json().get("description")) == (status, description)


@pytest.mark.parametrize("way", ["query", "json", "form", "multipart"])
def test_parameters_come_in_four_ways(playground: Playground, way: str) -> None:
    address = f"/bot{TOKEN}/sendMessage"
    params = {"chat_id": str(AN), "text": "Chào"}
    answer = {
        "query": lambda: playground.http.get(address, params=params),
        "json": lambda: playground.http.post(address, json=params),
        "form": lambda: playground.http.post(address, data=params),
        "multipart": lambda: playground.http.post(
            address, files={k: (None, v) for k, v in params.items()}
        ),
    }[way]()
    assert answer.json()["result"]["text"] == "Chào"


def test_broken_json_and_broken_characters_are_refused(playground: Playground) -> None:
    address = f"/bot{TOKEN}/sendMessage"
    headers = {"Content-Type": "application/json"}
    broken = playground.http.post(address, content=b"{", headers=headers)
    assert broken.json()["description"] == "Bad Request: can't parse JSON object"
    lone = playground.http.post(
        address, content=b'{"chat_id": 1001, "text": "a\\ud800"}', headers=headers
    )
    assert lone.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendChatAction", {"action": "hát"}, "wrong parameter action in request"),
        ("setMyCommands", {"commands": [{"command": "Á"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("getChat", {"chat_id": 1002}, "chat not found"),
    ],
)
def test_other_refusals(playground: Playground, method: str, params: Any, reason: str) -> None:
    answer = playground.refusal(method, **{"chat_id": AN, **params})
    assert answer == f"Bad Request: {reason}"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", ""])
def test_other_host_names_are_turned_away(playground: Playground, host: str) -> None:
    assert playground.http.get("/", headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_names_of_this_machine_are_welcome(playground: Playground, host: str) -> None:
    assert playground.http.get("/", headers={"Host": host}).status_code == 200


def test_a_page_elsewhere_cannot_write(playground: Playground) -> None:
    send = f"/api/chats/{AN}/messages"
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        answer = playground.http.post(send, json={"text": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403
    own = {"Origin": playground.url}
    assert playground.http.post(send, json={"text": "x"}, headers=own).status_code == 201


def test_a_blocked_bot_hears_nothing(playground: Playground) -> None:
    playground.http.post(f"/api/chats/{AN}/block")
    answer = playground.http.post(f"/api/chats/{AN}/messages", json={"text": "x"})
    assert answer.status_code == 409
    assert "chặn" in answer.json()["detail"]
    playground.http.post(f"/api/chats/{AN}/unblock")
    assert playground.say("lại đây") > 0


@pytest.mark.parametrize(
    "body", [{"text": " "}, {}, {"latitude": 91, "longitude": 0}, [1], {"latitude": "ở đây"}]
)
def test_a_phone_sends_nothing_that_is_nothing(playground: Playground, body: Any) -> None:
    answer = playground.http.post(f"/api/chats/{AN}/messages", json=body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


def test_a_file_that_is_no_picture_is_refused_calmly(playground: Playground) -> None:
    answer = playground.http.post(
        f"/api/chats/{AN}/messages", files={"photo": ("a.jpg", b"x", "image/jpeg")}
    )
    assert answer.status_code == 422
    assert "ảnh" in answer.json()["detail"]
