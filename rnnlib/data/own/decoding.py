"""From a path to characters: is it a file, is it text at all, and in which encoding?"""

import codecs
import os
import re
import struct
import zipfile
from io import BytesIO
from pathlib import Path

from ... import check
from .found import FileFault, Remark

MOST_BYTES = 64 * 2**20
MARKS = (  # the longer first: UTF-32 begins as UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BEGINS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document; export the table as CSV from where it comes"),
    (b"\x1f\x8b", "a gzip archive; unpack it first, for instance with `python -m gzip -d`"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document; open it there and save it as CSV UTF-8"),
    (b"PAR1", "a Parquet table; write it as CSV from where it comes"),
    (b"\x89HDF", "an HDF5 file; write the arrays with numpy.savez"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"\x93NUMPY", "a single .npy array; write it with its labels by numpy.savez"),
    (b"RIFF", "a RIFF file (WAV sound or AVI film)"),
)


def content(path, most_bytes=MOST_BYTES):
    """(name, bytes) of a file that is there, readable and not too large, or a FileFault."""
    check.size("most_bytes", most_bytes, high=2**40)
    try:
        path = Path(os.fsdecode(path))
    except TypeError:
        raise TypeError(f"path: expected a str or a Path, got {check.came(path)}") from None
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise FileFault(name, "expected a file, got a folder; name the file inside it")
        size = path.stat().st_size
        if size > most_bytes:
            raise FileFault(name, f"expected at most most_bytes = {most_bytes:,} bytes, got {size:,}; raise most_bytes")
        found = path.read_bytes()
    except FileFault:
        raise
    except FileNotFoundError:
        raise FileFault(name, f"expected a file of this name, got none{_nearby(path)}") from None
    except PermissionError:
        raise FileFault(name, "expected a file that may be read, got 'permission denied' from the system") from None
    except (OSError, ValueError) as e:
        raise FileFault(name, f"expected a file that can be read, got {type(e).__name__}: {e}") from None
    if not found:
        raise FileFault(name, "expected some rows, got an empty file of 0 bytes")
    return name, found


def _nearby(path):
    import difflib

    try:
        names = [p.name for p in path.parent.iterdir() if p.is_file()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def is_zip(found):
    return found[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def decoded(name, found, encoding=None):
    """(text, encoding in words, remarks): the characters, line ends as they are in the file.

    encoding : a name that Python knows, or None: a byte order mark decides; else UTF-8 where every byte fits; else
    Windows' cp1252, and then a remark says which byte made it so.
    """
    if encoding is not None:
        try:
            codecs.lookup(check.text("encoding", encoding))
        except LookupError:
            raise ValueError(f"encoding: expected a name such as 'utf-8' or 'cp1252', got {encoding!r}") from None
        return _strict(name, found, encoding), f"{encoding} (as asked)", []
    _refuse_binary(name, found)
    for mark, named in MARKS:
        if found.startswith(mark):
            return _strict(name, found, named), f"{named.removesuffix('-sig')} (a byte order mark says so)", []
    _refuse_nul(name, found)
    try:
        text = found.decode("utf-8")
        return text, "ascii (every byte fits)" if text.isascii() else "utf-8 (every byte fits)", _mojibake(text)
    except UnicodeDecodeError as e:
        return _cp1252(name, found, e)


def _strict(name, found, encoding):
    try:
        text = found.decode(encoding)
    except (UnicodeError, ValueError) as e:
        start = getattr(e, "start", 0)
        row, byte = row_of(found, start), found[start : start + 1].hex().upper()
        raise FileFault(
            name, f"expected characters in {encoding}, got the byte 0x{byte}; another encoding decides", row
        ) from None
    if "\0" in text:
        raise FileFault(name, "expected text, got a NUL character", text[: text.index("\0")].count("\n") + 1)
    return text


def row_of(found, at):
    """The line, counted from 1, on which the byte (or character) `at` stands."""
    before = found[:at]
    lf, crlf, cr = (b"\n", b"\r\n", b"\r") if isinstance(found, bytes) else ("\n", "\r\n", "\r")
    return before.count(lf) + before.count(cr) - before.count(crlf) + 1


def _refuse_binary(name, found):
    for begin, what in BEGINS:
        if found.startswith(begin):
            raise FileFault(name, f"expected text, got {what}")
    if is_zip(found):
        raise FileFault(name, f"expected text, got {_zip_is(found)}")
    start = found[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FileFault(name, "expected a table or a text, got a web page (HTML); the download may have gone wrong", 1)


def refuse_other_formats(name, text):
    """What is text and yet no table of rows and cells."""
    start = text.lstrip()[:4000]
    row = text[: len(text) - len(text.lstrip())].count("\n") + 1
    if re.match(r"\{|\[\s*[\[{]", start):
        raise FileFault(name, "expected a table, got JSON; write it as CSV from where it comes", row)
    if start.startswith("<?xml"):
        raise FileFault(name, "expected a table, got XML; write it as CSV from where it comes", row)
    if re.search(r"(?mi)^@(relation|problemname|attribute|data)\b", start):
        raise FileFault(name, "expected a table, got an .arff, .ts or .tsf file; write it as CSV", row)
    if re.match(r">[^\n\r]*[\n\r]+[A-Za-z*-]+\s", start):
        raise FileFault(name, "expected a table, got FASTA; write a CSV with a column sequence and a column label", row)


def _zip_is(found):
    try:
        with zipfile.ZipFile(BytesIO(found)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, struct.error, ValueError, RuntimeError, OSError):
        return "a damaged zip archive"
    if any(n.startswith("xl/") for n in names):
        return "an Excel workbook; open it there and export the sheet as CSV (Save as, CSV UTF-8)"
    if any(n.endswith(".npy") for n in names):
        return "an .npz file of arrays; own.arrays reads it"
    if "content.xml" in names:
        return "an OpenDocument file; open it there and save the sheet as CSV"
    return "a zip archive; unpack it first"


def _refuse_nul(name, found):
    if b"\0" in found:
        even, odd = found[0::2].count(b"\0"), found[1::2].count(b"\0")
        if max(even, odd) > 0.3 * len(found) / 2 and min(even, odd) < 0.01 * len(found):
            like = "utf-16-le" if odd > even else "utf-16-be"
            raise FileFault(
                name, f"expected a byte order mark, got what looks like UTF-16 without; encoding={like!r} decides"
            )
        at = found.index(b"\0")
        raise FileFault(name, f"expected text, got a NUL byte at byte {at + 1:,} of the file", row_of(found, at))
    control = sum(found[:4096].count(bytes([b])) for b in (*range(9), *range(14, 27), *range(28, 32)))
    if control > 0.02 * len(found[:4096]):
        raise FileFault(name, f"expected text, got a binary file ({control} control bytes near its beginning)")


def _mojibake(text):
    """UTF-8 that was once read as cp1252 and written as UTF-8 again."""
    if spoilt := re.search(r"Ã[\x80-\xbf¡-¿]|â€", text):
        at = spoilt.start()
        sentence = f"{spoilt[0]!r} looks like UTF-8 that was saved in a wrong encoding once; look at the words"
        return [Remark(row_of(text, at), None, sentence)]
    return []


def _cp1252(name, found, fault):
    row, byte = row_of(found, fault.start), found[fault.start]
    if len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", found)) > len(re.findall(rb"[\x80-\xff]+", found)) / 2:
        sentence = f"expected UTF-8 as in the rest of the file, got the byte 0x{byte:02X}; encoding='cp1252' decides"
        raise FileFault(name, sentence, row)
    try:
        text = found.decode("cp1252")
    except UnicodeDecodeError as e:
        row, byte = row_of(found, e.start), found[e.start]
        sentence = f"expected UTF-8 or cp1252, got the byte 0x{byte:02X}, which is neither; encoding= decides"
        raise FileFault(name, sentence, row) from None
    why = f"the byte 0x{byte:02X} is not UTF-8; in cp1252 it is {text[fault.start]!r}"
    remark = Remark(row, None, f"{why}; look whether the words are right, encoding= decides")
    return text, f"cp1252 (row {row}: {why})", [remark]
