"""A bot written with python-telegram-bot and a citizen's phone, over real HTTP."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from telegram import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ApplicationBuilder, CommandHandler, MessageHandler

from playground.limits import SendLimits

from .conftest import AN, Clock, Playground, png

Open = Callable[..., AbstractContextManager[Playground]]


async def updates_of(playground: Playground, **options: Any) -> tuple[Update, ...]:
    async with playground.bot() as bot:
        return await bot.get_updates(**options)


async def test_a_citizen_writes_taps_and_reads_the_answer(playground: Playground) -> None:
    playground.say("/start")
    playground.say("Đường Trần Phú có ổ gà lớn 😟")
    async with playground.bot() as bot:
        start, report = await bot.get_updates()
        assert start.message
        assert start.message.entities[0].type == "bot_command"
        assert report.message
        assert report.message.text == "Đường Trần Phú có ổ gà lớn 😟"
        buttons = [[InlineKeyboardButton("Gửi", callback_data="send")]]
        card = await bot.send_message(
            AN, "<b>Tóm tắt</b>", ParseMode.HTML, reply_markup=InlineKeyboardMarkup(buttons)
        )
        tap = playground.http.post(
            f"/api/chats/{AN}/taps", json={"message_id": card.message_id, "data": "send"}
        ).json()
        (tapped,) = await bot.get_updates(offset=report.update_id + 1)
        assert tapped.callback_query
        assert tapped.callback_query.data == "send"
        assert await tapped.callback_query.answer("Đã ghi nhận")
        await bot.edit_message_text("Đã gửi.", AN, card.message_id)
    answer = playground.http.get(f"/api/chats/{AN}/taps/{tap['callback_query_id']}").json()
    assert answer == {"answered": True, "text": "Đã ghi nhận", "show_alert": False}
    (edited,) = playground.read(sender="bot")
    assert (edited["text"], edited["edited"], edited["buttons"]) == ("Đã gửi.", True, [])


async def test_an_application_polls_and_answers(playground: Playground) -> None:
    bot = playground.bot()
    application = ApplicationBuilder().bot(bot).build()

    async def greet(update: Update, context: Any) -> None:
        assert update.effective_message
        await update.effective_message.reply_text("Xin chào")

    async def echo(update: Update, context: Any) -> None:
        assert update.effective_message
        await update.effective_message.reply_text(f"Nghe: {update.effective_message.text}")

    application.add_handler(CommandHandler("start", greet))
    application.add_handler(MessageHandler(None, echo))
    async with application:
        assert application.updater
        await application.start()
        await application.updater.start_polling(timeout=5)
        playground.say("/start")
        said = playground.say("Mất nước")
        got = await asyncio.to_thread(playground.read, after=said, wait=15, sender="bot")
        await application.updater.stop()
        await application.stop()
    assert [message["text"] for message in playground.read(sender="bot")] == [
        "Xin chào",
        "Nghe: Mất nước",
    ]
    assert got


async def test_every_kind_of_update_is_accepted_by_python_telegram_bot(
    playground: Playground,
) -> None:
    playground.say("/start@langnghe_playground_bot xem https://example.vn/a?b=1.")
    send = f"/api/chats/{AN}/messages"
    playground.http.post(send, json={"latitude": 20.8651, "longitude": 106.6838})
    playground.http.post(
        send, data={"caption": "ổ gà"}, files={"photo": ("a.png", png(1600, 800), "image/png")}
    )
    playground.http.post(send, files={"document": ("đơn.pdf", b"%PDF-1.7", "application/pdf")})
    playground.http.post(send, files={"voice": ("a.ogg", b"OggS", "audio/ogg")})
    playground.http.post(f"/api/chats/{AN}/block")
    playground.http.post(f"/api/chats/{AN}/unblock")
    text, place, photo, document, voice, left, back = await updates_of(playground)
    assert text.message
    assert place.message
    assert photo.message
    assert document.message
    assert voice.message
    assert [e.type for e in text.message.entities] == ["bot_command", "url"]
    assert text.message.parse_entity(text.message.entities[1]) == "https://example.vn/a?b=1"
    assert place.message.location
    assert place.message.location.latitude == 20.8651
    assert [(p.width, p.height) for p in photo.message.photo] == [(320, 160), (1280, 640)]
    assert photo.message.caption == "ổ gà"
    assert document.message.document
    assert document.message.document.file_name == "đơn.pdf"
    assert voice.message.voice
    assert voice.message.voice.mime_type == "audio/ogg"
    assert left.my_chat_member
    assert left.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member
    assert back.my_chat_member.new_chat_member.status == "member"
    assert text.effective_user
    assert text.effective_user.id == AN
    assert text.effective_chat
    assert text.effective_chat.type == "private"


async def test_several_photos_are_one_album_with_the_caption_on_the_first(
    playground: Playground,
) -> None:
    photos = [("photo", (f"{n}.png", png(40, 30), "image/png")) for n in range(3)]
    playground.http.post(f"/api/chats/{AN}/messages", data={"caption": "rác"}, files=photos)
    messages = [update.message for update in await updates_of(playground)]
    assert len({message.media_group_id for message in messages if message}) == 1
    assert [message.caption for message in messages if message] == ["rác", None, None]


async def test_a_long_text_arrives_as_several_messages(playground: Playground) -> None:
    playground.say("😟" * 2500)
    messages = [update.message for update in await updates_of(playground)]
    assert [len(message.text or "") for message in messages if message] == [2048, 452]


async def test_files_go_both_ways(playground: Playground) -> None:
    playground.say("/start")
    content = png(64, 48)
    playground.http.post(
        f"/api/chats/{AN}/messages", files={"photo": ("a.png", content, "image/png")}
    )
    async with playground.bot() as bot:
        photo = (await bot.get_updates())[-1].message
        assert photo
        file = await bot.get_file(photo.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == content
        sent = await bot.send_document(AN, b"%PDF-1.7 x", caption="Báo cáo", filename="b.pdf")
        assert sent.document
        assert sent.document.file_name == "b.pdf"
        again = await bot.send_document(AN, sent.document.file_id)
        assert again.document
        assert again.document.file_id == sent.document.file_id
        picture = await bot.send_photo(AN, content)
        assert (picture.photo[-1].width, picture.photo[-1].height) == (64, 48)
    first, _, third = playground.read(sender="bot")
    download = playground.http.get(first["document"]["url"])
    assert download.content == b"%PDF-1.7 x"
    assert download.headers["content-disposition"] == "attachment"
    assert playground.http.get(third["photo"]["url"]).headers["content-type"] == "image/png"


async def test_the_other_methods_answer_as_python_telegram_bot_expects(
    playground: Playground,
) -> None:
    playground.say("/start")
    async with playground.bot() as bot:
        assert (await bot.get_me()).id == 424242
        commands = [BotCommand("start", "Bắt đầu"), BotCommand("trang_thai", "Xem vụ việc")]
        assert await bot.set_my_commands(commands)
        assert list(await bot.get_my_commands()) == commands
        assert await bot.set_my_description("Lắng nghe người dân", language_code="vi")
        assert await bot.set_my_short_description("Lắng nghe")
        assert (await bot.get_my_description("vi")).description == "Lắng nghe người dân"
        assert await bot.send_chat_action(AN, ChatAction.TYPING)
        assert (await bot.get_chat(AN)).first_name == "An"
        sent = await bot.send_message(AN, "Chọn", reply_markup=ForceReply())
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
        changed = await bot.edit_message_reply_markup(AN, sent.message_id, reply_markup=markup)
        assert not isinstance(changed, bool)
        assert changed.reply_markup == markup
        assert await bot.delete_message(AN, sent.message_id)
    assert playground.read(sender="bot") == []


async def test_a_reply_keyboard_asks_for_a_location_on_the_page(playground: Playground) -> None:
    playground.say("/start")
    button = KeyboardButton("Gửi vị trí", request_location=True)
    async with playground.bot() as bot:
        await bot.send_message(AN, "Ở đâu?", reply_markup=ReplyKeyboardMarkup([[button]]))
    state = playground.http.get(f"/api/chats/{AN}/messages").json()
    assert state["keyboard"]["keyboard"] == [[{"text": "Gửi vị trí", "request_location": True}]]


async def test_refusals_become_the_errors_that_a_bot_catches(playground: Playground) -> None:
    async with playground.bot() as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(AN, "chưa quen")
        playground.say("/start")
        playground.http.post(f"/api/chats/{AN}/block")
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(AN, "x")
        await bot.set_webhook("https://example.vn/hook")
        with pytest.raises(Conflict):
            await bot.get_updates()


async def test_a_bot_with_a_wrong_token_is_not_let_in(playground: Playground) -> None:
    bot = playground.bot()
    bot._base_url = bot.base_url.replace("424242", "424243")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_a_bot_that_sends_too_fast_is_told_how_long_to_wait(open_playground: Open) -> None:
    pace = Clock(0)
    with open_playground(limits=SendLimits(pace)) as playground:
        playground.say("/start")
        async with playground.bot() as bot:
            for _ in range(3):
                await bot.send_message(AN, "nhanh")
            with pytest.raises(RetryAfter) as refused:
                await bot.send_message(AN, "nhanh quá")
            assert refused.value._retry_after.total_seconds() == 1
            pace.advance(1)
            await bot.send_message(AN, "vừa")
        pace.seconds -= 1
        answer = playground.call("sendMessage", chat_id=AN, text="nhanh")
    assert answer.status_code == 429
    assert answer.json()["parameters"]["retry_after"] >= 1


async def test_seventy_five_citizens_at_once_lose_nothing(playground: Playground) -> None:
    made = [
        playground.http.post("/api/citizens", json={"first_name": f"Người {n}"}).json()["id"]
        for n in range(75)
    ]
    assert len(set(made)) == 75
    for citizen in made:
        playground.say("/start", citizen)
    seen = await updates_of(playground, limit=100)
    assert [update.effective_chat.id for update in seen if update.effective_chat] == made
    ids = [update.update_id for update in seen]
    assert ids == sorted(set(ids))


async def test_a_restart_keeps_everything_and_repeats_no_id(open_playground: Open) -> None:
    with open_playground() as before:
        first = before.say("/start")
        (one,) = await updates_of(before)
        await updates_of(before, offset=one.update_id + 1)
        last = before.result("sendMessage", chat_id=AN, text="chào")["message_id"]
        before.result("deleteMessage", chat_id=AN, message_id=last)
    with open_playground() as after:
        assert [message["message_id"] for message in after.read()] == [first]
        assert after.say("còn đây") > last
        (two,) = await updates_of(after)
        assert two.update_id > one.update_id
        new = after.http.post("/api/citizens", json={"first_name": "Mới"}).json()
        assert new["id"] == 1009


async def test_taps_survive_a_restart_too(open_playground: Open) -> None:
    with open_playground() as before:
        before.say("/start")
        markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
        card = before.result("sendMessage", chat_id=AN, text="?", reply_markup=markup)
        tap = {"message_id": card["message_id"], "data": "a"}
        query = before.http.post(f"/api/chats/{AN}/taps", json=tap).json()["callback_query_id"]
    with open_playground() as after:
        assert after.result("answerCallbackQuery", callback_query_id=query) is True
