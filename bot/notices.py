"""What sending news of a watched dossier needs beyond sending an answer (see ``knowledge.dossiers.notices``)."""

from __future__ import annotations

from dataclasses import replace

from handlers.messages import Message
from handlers.texts import dossier as words
from knowledge.calendar import Clock
from knowledge.dossiers.notices import was_begun
from knowledge.dossiers.services import DossierServices
from knowledge.mailbox import Parcel


class NoticeKeeper:
    """Looks after the notices that the worker ``holder`` has in hand."""

    def __init__(self, services: DossierServices, holder: str, clock: Clock) -> None:
        self._services = services
        self._holder = holder
        self._clock = clock

    async def begun(self, parcel: Parcel, message: Message) -> Message | None:
        """Write down that ``message`` is about to go; ``None`` when it is no longer ours to send.

        If we die between the platform's "sent" and our writing that down, the next worker cannot know. It sends once
        more, and says that this may be the second time.
        """
        if not await self._services.notices.begin(parcel, self._holder):
            return None
        if not was_begun(parcel):
            return message
        return replace(message, text=f"{message.text}\n{words.NEWS_MAYBE_TWICE}")

    async def wait(self, parcel: Parcel) -> None:
        """Keep it until the person writes."""
        await self._services.notices.wait(parcel, self._holder, self._clock())

    async def gone(self, parcel: Parcel) -> None:
        """The person cannot be reached: nothing is watched for them any more."""
        await self._services.watches.remove(parcel.key)
