"""Generate, hash and check passwords and device secrets."""

from __future__ import annotations

import secrets
import threading

import argon2

# without the letters and digits that are mistaken for one another
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"

_HASHER = argon2.PasswordHasher()
# Hashing takes 64 MiB each: when every phone comes home at once, they take turns.
_AT_ONCE = threading.BoundedSemaphore(2)
# Checked for unknown names too, so that the time of an answer does not reveal who exists.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def generate(length: int) -> str:
    """Return a random secret that can be typed on a phone."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed(secret: str) -> str:
    """Return the Argon2 hash of a secret, the only form in which it is kept."""
    return _HASHER.hash(secret)


def matches(kept: str, secret: str) -> bool:
    """Whether a secret is the one of this hash; takes as long when `kept` is empty, and is False then."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _NOBODY, secret) and bool(kept)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
