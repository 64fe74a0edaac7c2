"""What is secret at rest: codes and addresses of chats are sealed, facts and budget keys are hashed, all with keys
made from MOTCUA_SECRET_KEY."""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class Vault:
    """Seals, opens and hashes. Without a secret nothing can be sealed, and hashes hold for this process only."""

    def __init__(self, secret: str) -> None:
        self.on = bool(secret)
        material = secret.encode() if secret else secrets.token_bytes(KEY_BYTES)
        self._marks = _derive(material, b"motcua marks")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(material, b"motcua seal")))

    def seal(self, text: str) -> str:
        """``text`` so that only this installation reads it. Half a letter from a broken app is kept as it is.

        Raises:
            RuntimeError: there is no secret: what is sealed could not be opened after a restart.
        """
        if not self.on:
            raise RuntimeError("nothing can be sealed without MOTCUA_SECRET_KEY")
        return self._fernet.encrypt(text.encode(errors="surrogatepass")).decode()

    def open(self, sealed: str, max_age: int | None = None) -> str | None:
        """What was sealed; ``None`` when it is not ours, the key has changed, or it is over ``max_age`` seconds old."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=max_age).decode(errors="surrogatepass")
        except (InvalidToken, UnicodeError):
            return None

    def mark(self, *parts: str) -> str:
        """A keyed hash of ``parts``."""
        return hmac.new(self._marks, "\0".join(parts).encode(), "sha256").hexdigest()

    def lasting_mark(self, *parts: str) -> str | None:
        """The same for what is kept: ``None`` without a secret, when it would mean nothing after a restart."""
        return self.mark(*parts) if self.on else None


def _derive(material: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(material)
