"""The platform's own published SDK against our fake: an independent witness that the shapes agree.

It is not used in the program: an error with status 200 becomes ``None`` in it, and it knows no webhook secret.
"""

from __future__ import annotations

import pytest
from zalo_bot import Bot, Update
from zalo_bot.error import ZaloError

from bot.channels.zalo_bot_events import read_update
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.zalo.conftest import TOKEN


@pytest.fixture
def sdk(bot_server: ZaloBotServer) -> Bot:
    return Bot(TOKEN, base_url=bot_server.url)


async def test_the_sdk_knows_the_bot(sdk: Bot) -> None:
    me = await sdk.get_me()
    assert (me.id, me.account_name, me.account_type) == ("1459232241454765289", "bot.VDKyGxQvc", "BASIC")


async def test_the_sdk_reads_our_updates_and_answers_them(sdk: Bot, bot_server: ZaloBotServer) -> None:
    an = bot_server.user("An")
    await an.say("xin chào")
    update = await sdk.get_update(timeout=1)
    assert (update.message.text, update.message.chat.id) == ("xin chào", an.id)
    assert update.effective_user.display_name == "An"
    sent = await sdk.send_message(an.id, "chào An")
    assert (await an.wait_reply()).text == "chào An"
    assert sent.message_id == an.shown[0].message_id
    await sdk.send_chat_action(an.id, "typing")
    assert [call.name for call in bot_server.calls if call.error] == []


async def test_we_and_the_sdk_read_the_same_in_an_update(bot_server: ZaloBotServer) -> None:
    an = bot_server.user("An")
    for event, content in (
        ("message.text.received", {"text": "mất căn cước"}),
        ("message.image.received", {"photo_url": "https://x.zdn.vn/a.jpg", "message_type": "CHAT_PHOTO"}),
        ("message.sticker.received", {"sticker": "0e078a2fb66a5f34067b"}),
    ):
        raw = an.update(event, **content)
        theirs, ours = Update.de_json(dict(raw)).message, read_update(raw)
        assert ours
        assert ours[1] == theirs.chat.id
        assert ours[0] == f"{event}:{theirs.message_id}"
        assert (ours[2]["text"] or None, ours[2]["photo"]) == (theirs.text, theirs.photo_url)


async def test_the_sdk_is_refused_where_we_are(sdk: Bot, bot_server: ZaloBotServer) -> None:
    """What our fake refuses comes as ``ok: false`` with status 200, which the SDK does not see."""
    bot_server.user("An")
    try:
        sent = await sdk.send_message("nobody", "a")
    except (ZaloError, AttributeError):
        sent = None
    assert not getattr(sent, "message_id", None)
    assert bot_server.calls[-1].error == 400
