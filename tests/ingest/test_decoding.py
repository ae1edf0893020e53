"""Bytes to text."""

import pytest

from kpi.ingest.decoding import SIGNATURES, decode


def codes(content: bytes) -> list[str]:
    return [code for frame in decode(content)[1] for code in frame["code"]]


@pytest.mark.parametrize(
    ("content", "text", "code"),
    [
        (b"a,b\r\n1,2\r3,4\n", "a,b\n1,2\n3,4\n", []),
        ("£ – ’".encode(), "£ – ’", []),
        (b"\xef\xbb\xbfa,b", "a,b", ["file_byte_mark"]),
        ("£5 – the child’s".encode("cp1252"), "£5 – the child’s", ["file_windows_1252"]),
        ("a\tb £".encode("utf-16"), "a\tb £", ["file_utf_16"]),
        (b"\xfe\xff" + "a\tb £".encode("utf-16-be"), "a\tb £", ["file_utf_16"]),
        (b"a\x0bb\x1a", "a b ", ["control_characters"]),
        ("£ ".encode() + b"\xa3", "Â£ £", ["file_windows_1252", "file_mixed_encoding"]),
    ],
)
def test_text_is_read_whatever_its_encoding(content: bytes, text: str, code: list[str]):
    assert decode(content)[0] == text
    assert codes(content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\t\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"\xff\xfe", "file_empty"),
        (b"a,\x00b", "file_not_text"),
        (b"a,\x81\xff", "file_not_text"),
        (b"\xff\xfea", "file_not_text"),
        (b"\xff\xfe\x00\xd8", "file_not_text"),
        *((start + b" and more", "file_not_csv") for start, _ in SIGNATURES),
        (b"<HTML><body>", "file_not_csv"),
    ],
)
def test_what_is_not_text_has_one_finding(content: bytes, code: str):
    assert decode(content)[0] is None
    assert codes(content) == [code]
