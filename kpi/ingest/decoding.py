"""Bytes to text: what kind of file it is, and how its letters are written."""

import codecs
import re

from kpi.ingest.findings import Frames, about_file, cut

MEGABYTE = 1024 * 1024
NUL = b"\x00"
CONTROLS = bytes(byte for byte in range(32) if chr(byte) not in "\0\t\n\r") + b"\x7f"
WITHOUT_CONTROLS = bytes.maketrans(CONTROLS, b" " * len(CONTROLS))
# UTF-8 read as Windows-1252, which happens to the part of a file that was pasted in.
GARBLED = re.compile("\u00c2[\u00a0-\u00bf]|\u00c3[\u0080-\u00bf]|\u00e2\u20ac.")

# How a file that is not a CSV begins, and what to say of it.
SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or a zip file, renamed. In Excel use Save As, CSV UTF-8."),
    (b"PK\x05\x06", "an empty zip file. In Excel use Save As, CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook, renamed. In Excel use Save As, CSV UTF-8."),
    (b"%PDF", "a PDF. Ask for the figures as CSV."),
    (b"\x89PNG", "a picture. Send the figures as CSV."),
    (b"\xff\xd8\xff", "a picture. Send the figures as CSV."),
    (b"GIF8", "a picture. Send the figures as CSV."),
    (b"\x1f\x8b", "a compressed file. Unpack it first."),
    (b"{\\rtf", "a word processor's document. Send the figures as CSV."),
    (b"<!doctype html", "a web page. In Excel open it and use Save As, CSV UTF-8."),
    (b"<html", "a web page. In Excel open it and use Save As, CSV UTF-8."),
    (b"<?xml", "an XML file. In Excel open it and use Save As, CSV UTF-8."),
)


def decode(content: bytes) -> tuple[str | None, Frames]:
    """The text with plain line feeds, or None, and what there is to say of the bytes."""
    if not content or content.isspace():
        return None, [about_file("file_empty")]
    for start, what in SIGNATURES:
        if content[: len(start)].lower() == start.lower():
            return None, [about_file("file_not_csv", hint=what)]
    content, found = _utf_8(content)
    if NUL in content:
        return None, [about_file("file_not_text", hint="a zero byte")]
    plain = content.translate(WITHOUT_CONTROLS)
    if plain != content:
        found.append(about_file("control_characters"))
    text, more = _text(plain)
    if text is not None and (not text or text.isspace()):
        return None, [about_file("file_empty")]
    if text and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, [*found, *more]


def _utf_8(content: bytes) -> tuple[bytes, Frames]:
    """The bytes without a mark at the start, and as UTF-8 when the mark says UTF-16."""
    if content.startswith(codecs.BOM_UTF8):
        return content.removeprefix(codecs.BOM_UTF8), [about_file("file_byte_mark")]
    if not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content, []
    try:
        return content.decode("utf-16").encode(), [about_file("file_utf_16")]
    except UnicodeDecodeError:
        # Not text at all: the zero byte makes the caller say so.
        return NUL, []


def _text(content: bytes) -> tuple[str | None, Frames]:
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        hint = f"byte {content[error.start]:02X} at position {error.start + 1:,}"
        return None, [about_file("file_not_text", hint=hint)]
    found = [about_file("file_windows_1252")]
    if garbled := GARBLED.search(text):
        found.append(about_file("file_mixed_encoding", hint=f"'{cut(garbled.group())}'"))
    return text, found
