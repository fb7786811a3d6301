"""Read when a certificate ends, with nothing but the standard library."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path

_SEQUENCE, _VERSION, _UTC_TIME = 0x30, 0xA0, 0x17


def ends_at(path: Path) -> dt.datetime:
    """Return the instant at which the first certificate of a PEM file ends.

    The fields of a certificate are those of RFC 5280, section 4.1.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it is no certificate.
    """
    # around a certificate there may be text in any language
    text = path.read_text("ascii", "replace")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in text or end not in text:
        raise ValueError(f"{path}: not a certificate in PEM")
    # the chain of its issuers may follow in the same file
    first = text[text.index(begin) : text.index(end) + len(end)]
    try:
        certificate = _inside(ssl.PEM_cert_to_DER_cert(first), _SEQUENCE)
        fields = [value for tag, value in _fields(_inside(certificate, _SEQUENCE)) if tag != _VERSION]
        # serial number, signature algorithm, issuer, validity
        (_, _), (tag, written) = _fields(fields[3])
        # UTCTime up to 2049, GeneralizedTime from 2050 on
        pattern = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
        return dt.datetime.strptime(written.decode("ascii"), pattern).replace(tzinfo=dt.UTC)
    except (IndexError, ValueError) as error:
        raise ValueError(f"{path}: not a certificate: {error}") from error


def _inside(content: bytes, wanted: int) -> bytes:
    tag, value = next(_fields(content), (0, b""))
    if tag != wanted:
        raise ValueError("another structure than that of a certificate")
    return value


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and value of each field of a DER structure."""
    while content:
        tag, length, start = content[0], content[1], 2
        # the long form: the lower bits count the bytes in which the length follows
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[2:start])
        yield tag, content[start : start + length]
        content = content[start + length :]
