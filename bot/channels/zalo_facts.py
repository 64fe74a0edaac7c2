"""What we believe of Zalo's two platforms, in one place: nothing here was tried against a live server.

Each fact says how sure it is: sure (read in the publisher's own code), likely (a mirror of the documentation, or
several independent integrators), unsure (one source, or sources that disagree). ``docs/zalo.md`` has what follows.
When Zalo turns out to do otherwise, this is the file to change.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

# Both

TEXT_LIMIT = 2000
"""Of one message (likely). Whether Zalo counts characters or UTF-16 units is unknown: we keep to both."""
ROOM = 100
"""Cut this much earlier, for marks."""
PHOTO_SECONDS = 8.0
PHOTO_HOPS = 2
"""Media addresses are public and may expire (likely): a photo is fetched when its message is read."""

# Bot platform

BOT_API = "https://bot-api.zaloplatforms.com"  # sure; the older name is bot-api.zapps.me
BOT_SECRET_HEADER = "x-bot-api-secret-token"  # sure  # noqa: S105
BOT_POLL_SECONDS = 30
"""getUpdates waits this long; nothing new is answered with error 408 (sure)."""
NOTHING_NEW = 408
BOT_TEXT, BOT_IMAGE, BOT_HIDDEN = "message.text.received", "message.image.received", "message.unsupported.received"
BOT_SPOKEN = "message.voice.received"  # likely
BOT_WORDLESS = frozenset({"message.sticker.received", BOT_SPOKEN})  # likely
"""Other names may come (likely): they are passed over."""
BOT_PHOTO_KEYS = ("photo_url", "photo")
"""Captured messages have the first, the documentation the second (likely)."""
BOT_PRIVATE = "PRIVATE"  # likely; the other kind is GROUP, where only messages that name the bot, or answer it, arrive
BOT_FOREVER = frozenset({400})
"""Errors of sendMessage that trying again does not mend. 401 is the operator's token, 403 is documented as an “internal
error”, 404 may be a wrong address of the server: all of these are tried again (unsure)."""
BOT_AFTER: dict[int, float] = {401: 60.0, 403: 30.0, 404: 60.0, 429: 10.0}
"""Seconds to wait: no time to wait is documented for 429 (unsure)."""
BOT_A_SECOND: float | None = None
"""Limits of sending are not published."""

# Official Account

OA_API = "https://openapi.zalo.me"  # sure
OA_OAUTH = "https://oauth.zaloapp.com"  # likely
OA_SEND_PATH = "/v3.0/oa/message/cs"  # sure
OA_TOKEN_PATH = "/v4/oa/access_token"  # likely  # noqa: S105
OA_SIGNATURE_HEADER = "x-zevent-signature"  # likely
# Messages are free for 48 hours after the person's last word, paid until seven days, refused after (likely):
# ``knowledge.dossiers.services.REPLY_WINDOWS``.
OA_RETRY = timedelta(hours=2, minutes=30)
"""Zalo delivers again for about two hours (likely); what is older is refused as a replay."""
OA_AHEAD = timedelta(hours=24)
"""A time ahead of ours is believed this far (our clock may have jumped back); an event is remembered for two days."""
OA_A_SECOND = 20.0  # unsure: one source
OA_BUTTONS, OA_TITLE = 5, 100  # likely; unsure
OA_REFRESH_DAYS = 90  # likely: a refresh token lives three months and is good for one use
OA_DEFAULT_LIFE = 3600
"""Seconds an access token lives when Zalo does not say: sources have 25 hours and one hour (unsure)."""

OA_TEXT = "user_send_text"
OA_IMAGE, OA_LOCATION = "user_send_image", "user_send_location"
OA_SPOKEN = "user_send_audio"
OA_WORDLESS = frozenset(
    f"user_send_{kind}" for kind in ("link", "sticker", "gif", "audio", "video", "file", "business_card")
)
OA_FOLLOW, OA_UNFOLLOW = "follow", "unfollow"
"""All other events are passed over, above all ``oa_send_*``, ``user_received_message`` and ``user_seen_message``: to
answer those would never end (likely)."""

Trouble = Literal["token", "rate", "quota", "window", "gone", "refused", "ours", "server"]

OA_ERRORS: dict[int, Trouble] = {
    -32: "rate",
    -124: "token",
    -216: "token",
    -211: "quota",
    -218: "quota",
    -311: "quota",
    -213: "gone",  # does not follow
    -222: "gone",  # blocked us, or has been away for 45 days
    -227: "gone",
    -230: "window",  # no word for seven days
    -305: "window",  # no word for 48 hours
    -201: "refused",  # wrong parameters
    -233: "refused",  # unsupported kind of message
    -209: "ours",  # the app is not approved
    -224: "ours",  # needs a service package (unsure: or out of the window)
    -240: "ours",
    -320: "ours",
    -321: "ours",
}
"""Likely, where not said otherwise. Any other number is taken as a failure that may pass."""
OA_AFTER: dict[Trouble, float] = {"rate": 2.0, "quota": 600.0, "ours": 600.0, "token": 60.0}
OA_FOREVER: frozenset[Trouble] = frozenset({"gone", "window", "refused"})
