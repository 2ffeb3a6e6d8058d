"""From the bytes of a feed to its characters."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")

# The encodings in use for feeds, by label without hyphens and underscores. As in browsers, a label
# means its superset (WHATWG Encoding Standard, section 4.2). Python knows far more, some of which
# are no character encodings at all, so a stranger's label is never looked up there.
_CODECS = {
    "utf8": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "usascii": "cp1252",
    "ascii": "cp1252",
    "latin1": "cp1252",
    "iso88591": "cp1252",
    "windows1252": "cp1252",
    "cp1252": "cp1252",
    "iso88592": "iso8859-2",
    "windows1250": "cp1250",
    "windows1251": "cp1251",
    "koi8r": "koi8-r",
    "iso885915": "iso8859-15",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "windows31j": "cp932",
    "eucjp": "euc_jp",
    "iso2022jp": "iso2022_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "euckr": "cp949",
}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    ("<?".encode("utf-16-le"), "utf-16-le"),
    ("<?".encode("utf-16-be"), "utf-16-be"),
)
_LONGEST_UTF8_CHARACTER = 4


def decoded(body: bytes, content_type: str | None) -> tuple[str, bool]:
    """
    Return the text of a feed, and whether bytes of it could not be read.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8, whatever is claimed: no other encoding makes
    them by accident, while servers often claim one for all they serve.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _read(body, [codec])
    claimed = _claimed(body, content_type)
    if body.isascii():
        return _read(body, [*claimed, "utf-8"])
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError as error:
        if error.start > len(body) - _LONGEST_UTF8_CHARACTER:
            return body.decode("utf-8", "ignore"), True
    return _read(body, claimed or ["cp1252"])


def _claimed(body: bytes, content_type: str | None) -> list[str]:
    labels = []
    if header := _CHARSET.search(content_type or ""):
        labels.append(header[1])
    if declaration := _DECLARED.search(body[:500]):
        labels.append(declaration[1].decode("ascii"))
    normal = (label.lower().replace("-", "").replace("_", "") for label in labels)
    return [_CODECS[label] for label in normal if label in _CODECS]


def _read(body: bytes, claimed: list[str]) -> tuple[str, bool]:
    for codec in claimed:
        try:
            return body.decode(codec), False
        except UnicodeDecodeError:
            continue
    return body.decode(claimed[0], "replace"), True
