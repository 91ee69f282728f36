import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.markup import (
    MarkupError,
    clean,
    detect_entities,
    parse_html,
    parse_markdown_v2,
    render_html,
    trim,
    utf16_length,
)

from .conftest import Playground


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("a &lt;b&gt; &amp;&quot; &#7843; &#x1F61F;", 'a <b> &" ả 😟', []),
        ("a & b &copy;", "a & b &copy;", []),
        ("😟<b>đậm</b>", "😟đậm", [entity("bold", 2, 3)]),
        (
            "<b>a<i>b</i></b>",
            "ab",
            [entity("italic", 1, 1), entity("bold", 0, 2)],
        ),
        (
            '<a href="https://x.vn/?a=1&amp;b=2">ở đây</a>',
            "ở đây",
            [entity("text_link", 0, 5, url="https://x.vn/?a=1&b=2")],
        ),
        ("<a href='javascript:alert(1)'>x</a>", "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote>x</blockquote>", "x", [entity("blockquote", 0, 1)]),
        ("<PRE>x</PRE>", "x", [entity("pre", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_html(source: str, plain: str, entities: list[dict[str, object]]) -> None:
    assert parse_html(source) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("ạ<x>", 'Unsupported start tag "x" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b a", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_is_refused(source: str, reason: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_html(source)
    assert str(refused.value) == f"can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        (r"a\.b\!", "a.b!", []),
        ("*đậm* _nghiêng_", "đậm nghiêng", [entity("bold", 0, 3), entity("italic", 4, 7)]),
        (
            "__a__ ~b~ ||c||",
            "a b c",
            [entity("underline", 0, 1), entity("strikethrough", 2, 1), entity("spoiler", 4, 1)],
        ),
        ("`a.b` ", "a.b ", [entity("code", 0, 3)]),
        ("```py\nx=1```", "x=1", [entity("pre", 0, 3, language="py")]),
        (r"[ở](https://x.vn/a\)b)", "ở", [entity("text_link", 0, 1, url="https://x.vn/a)b")]),
        (">a\n>b\nc", "a\nb\nc", [entity("blockquote", 0, 4)]),
    ],
)
def test_markdown(source: str, plain: str, entities: list[dict[str, object]]) -> None:
    assert parse_markdown_v2(source) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("PA-123", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"),
        ("🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"),
        ("🏟 🏟`", "Can't find end of Code entity at byte offset 9"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 2"),
    ],
)
def test_markdown_that_is_refused(source: str, reason: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markdown_v2(source)
    assert str(refused.value) == f"can't parse entities: {reason}"


def test_commands_and_addresses_are_found_where_a_phone_finds_them() -> None:
    found = detect_entities("😟 /start và a/b, http://x.vn/a). 1/2")
    assert found == [entity("bot_command", 3, 6), entity("url", 18, 13)]


def test_trimming_moves_entities() -> None:
    assert trim("  ab ", [entity("bold", 0, 5)]) == ("ab", [entity("bold", 0, 2)])


@pytest.mark.parametrize(
    ("text", "entities", "shown"),
    [
        ("<script>", [], "&lt;script&gt;"),
        ("a<b", [entity("bold", 0, 3)], "<strong>a&lt;b</strong>"),
        (
            "😟ab",
            [entity("bold", 0, 4), entity("italic", 2, 1)],
            "<strong>😟<em>a</em>b</strong>",
        ),
        ("x", [entity("text_link", 0, 1, url="javascript:alert(1)")], "x"),
        (
            "x",
            [entity("text_link", 0, 1, url='https://x.vn/"onclick=')],
            '<a href="https://x.vn/&quot;onclick=" target="_blank" rel="noopener noreferrer">x</a>',
        ),
        ("ab", [entity("bold", 0, 99)], "<strong>ab</strong>"),
        ("ab", [entity("không rõ", 0, 1)], "ab"),
    ],
)
def test_what_a_page_shows_is_escaped(
    text: str, entities: list[dict[str, object]], shown: str
) -> None:
    assert render_html(text, entities) == shown


@given(
    st.text(max_size=60),
    st.lists(
        st.builds(
            entity,
            st.sampled_from(["bold", "pre", "url", "text_link", "bot_command", "x"]),
            st.integers(-5, 80),
            st.integers(-5, 80),
        ),
        max_size=6,
    ),
)
def test_no_entities_can_lose_text_or_open_a_tag(
    text: str, entities: list[dict[str, object]]
) -> None:
    shown = render_html(text.encode("utf-8", "ignore").decode(), entities)
    assert "<script" not in shown.lower()


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_any_html_is_parsed_or_refused(source: str) -> None:
    try:
        plain, entities = parse_html(source)
    except MarkupError:
        return
    assert all(e["offset"] + e["length"] <= utf16_length(plain) for e in entities)


@given(st.text(alphabet="ab_*[]()~`>|\\\n.đ😟!", max_size=30))
def test_any_markdown_is_parsed_or_refused(source: str) -> None:
    try:
        plain, entities = parse_markdown_v2(source)
    except MarkupError:
        return
    assert all(e["offset"] + e["length"] <= utf16_length(plain) for e in entities)


TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Zl", "Zp"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e",
    ),
    min_size=1,
    max_size=200,
).filter(lambda text: bool(text.strip()))


def test_any_text_goes_to_the_bot_and_back_unchanged(playground: Playground) -> None:
    playground.say("/start")

    @settings(max_examples=40, deadline=None)
    @given(TEXTS)
    def round_trip(text: str) -> None:
        playground.say(text)
        (update,) = playground.result("getUpdates", offset=-1)
        heard = update["message"]["text"]
        sent = playground.result("sendMessage", chat_id=1001, text=heard)
        (shown,) = playground.read(after=sent["message_id"] - 1, sender="bot")
        assert heard == sent["text"] == shown["text"] == text.strip(" ")

    round_trip()
