"""Reads a browser profile as a thief would: every file, and all that lies packed inside them.

    file ─┬─ as it is
          ├─ LevelDB table   blocks unpacked, keys put together again from their shared beginnings
          ├─ LevelDB log     records put together again across blocks of 32 KiB
          ├─ SQLite          every cell of every table, wherever its pages lie
          └─ inside any      streams of gzip and zstd, and values as IndexedDB packs them

After doc/table_format.md and doc/log_format.md of LevelDB, and the V8 wrapper of Chromium's
IDBValueWrapper (FF 11 02: Snappy).
"""

from __future__ import annotations

import contextlib
import glob
import shutil
import sqlite3
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import cramjam
from cramjam import snappy, zstd

ENCODINGS = ("utf-8", "utf-16-le", "latin-1")  # the last as V8 keeps a string that fits
TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
FOOTER = 48
TRAILER = 5
LOG_BLOCK = 32 * 1024
LOG_HEADER = 7
SQLITE_MAGIC = b"SQLite format 3\0"
GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
PACKED_VALUE = b"\xff\x11\x02"
PACKED_VALUE_AT_MOST = 64 * 2**20


def find_in_profile(profile: Path, needles: Iterable[str]) -> dict[str, set[str]]:
    """Where each of the words lies readable: the files, with how it was unpacked."""
    forms = {
        needle: {needle.encode(encoding, "ignore") for encoding in ENCODINGS} for needle in needles
    }
    found: dict[str, set[str]] = {needle: set() for needle in forms}
    for path in sorted(path for path in profile.rglob("*") if path.is_file()):
        for how, hay in _layers(path):
            for needle, encoded in forms.items():
                if any(each in hay for each in encoded):
                    found[needle].add(f"{path.relative_to(profile)} ({how})")
    return found


def _layers(path: Path) -> Iterator[tuple[str, bytes]]:
    raw = path.read_bytes()
    outer = [("as it is", raw)]
    if raw[-8:] == TABLE_MAGIC:
        outer += [("table", entry) for entry in read_table(raw)]
    elif path.suffix == ".log" or path.name.startswith("MANIFEST-"):
        for record in read_log(raw):
            outer += [("log", record), *(("log", entry) for entry in read_batch(record))]
    elif raw.startswith(SQLITE_MAGIC):
        outer += [("cell", cell) for cell in _cells(path)]
    for how, hay in outer:
        yield how, hay
        for inner in _unpacked(hay):
            yield f"{how}, unpacked", inner


def read_table(raw: bytes) -> Iterator[bytes]:
    """Key and value of every entry of a LevelDB table."""
    footer = raw[-FOOTER:]
    _, at = _handle(footer, 0)
    (offset, size), _ = _handle(footer, at)
    for _, handle in _entries(_block(raw, offset, size)):
        (offset, size), _ = _handle(handle, 0)
        for key, value in _entries(_block(raw, offset, size)):
            yield key + value


def _block(raw: bytes, offset: int, size: int) -> bytes:
    packed, kind = raw[offset : offset + size], raw[offset + size]
    if kind == 0:
        return packed
    return bytes(snappy.decompress_raw(packed) if kind == 1 else zstd.decompress(packed))


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    (restarts,) = struct.unpack_from("<I", block, len(block) - 4)
    at, end, key = 0, len(block) - 4 - 4 * restarts, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def read_log(raw: bytes) -> Iterator[bytes]:
    """Every record of a LevelDB log, those cut across blocks put together again."""
    at, parts = 0, b""
    while at + LOG_HEADER <= len(raw):
        left = LOG_BLOCK - at % LOG_BLOCK
        if left < LOG_HEADER:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", raw, at)
        if kind == 0 and length == 0:  # preallocated, never written
            at += left
            continue
        piece = raw[at + LOG_HEADER : at + LOG_HEADER + length]
        at += LOG_HEADER + length
        parts = piece if kind in (1, 2) else parts + piece
        if kind in (1, 4):
            yield parts


def read_batch(record: bytes) -> Iterator[bytes]:
    """Key and value of every put of a LevelDB write batch; nothing where the record is none."""
    at = 12  # a sequence number and a count
    with contextlib.suppress(IndexError):
        while at < len(record):
            is_put = record[at] == 1
            length, start = _varint(record, at + 1)
            key, at = record[start : start + length], start + length
            if is_put:
                length, start = _varint(record, at)
                yield key + record[start : start + length]
                at = start + length


def _cells(path: Path) -> Iterator[bytes]:
    """Every text and blob of a database; what a browser holds in pages that are not ours to read
    stands in the file as it is all the same."""
    with tempfile.TemporaryDirectory() as folder:  # to open it is to change it
        for each in path.parent.glob(f"{glob.escape(path.name)}*"):
            shutil.copyfile(each, Path(folder, each.name))
        with contextlib.closing(sqlite3.connect(Path(folder, path.name))) as database:
            database.text_factory = bytes
            for name in _tables(database):
                with contextlib.suppress(sqlite3.Error):
                    for row in database.execute(f'SELECT * FROM "{name}"'):
                        yield from (cell for cell in row if isinstance(cell, bytes))


def _tables(database: sqlite3.Connection) -> list[str]:
    with contextlib.suppress(sqlite3.Error):
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name.decode().replace('"', '""') for (name,) in rows]
    return []


def _unpacked(hay: bytes) -> Iterator[bytes]:
    for at in _places(hay, GZIP_MAGIC):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(hay[at:])
    for at in _places(hay, ZSTD_MAGIC):
        with contextlib.suppress(cramjam.DecompressionError):
            yield bytes(zstd.decompress(hay[at:]))
    for at in _places(hay, PACKED_VALUE):
        start = at + len(PACKED_VALUE)
        with contextlib.suppress(cramjam.DecompressionError, IndexError):
            size, _ = _varint(hay, start)
            if size <= PACKED_VALUE_AT_MOST:
                yield bytes(snappy.decompress_raw(hay[start:]))


def _places(hay: bytes, magic: bytes) -> Iterator[int]:
    at = hay.find(magic)
    while at >= 0:
        yield at
        at = hay.find(magic, at + 1)
