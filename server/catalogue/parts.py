"""The types of values with parts: a flat object such as a name or a telephone number, and a
file."""

import math
from collections.abc import Mapping
from typing import Any

from server.catalogue.values import (
    LARGEST_INTEGER,
    Choice,
    Invalid,
    Number,
    Pattern,
    Text,
    Value,
    clean,
)

MEDIA_TYPES = "image/jpeg image/png image/webp application/pdf audio/webm audio/mp4"


class Flat(Value):
    """An object whose parts are single values. Parts not declared, from a newer version, are
    kept as long as they are single values too; a part that is null says nothing and is left out."""

    type = "object"
    max_parts = 30
    max_unknown_name = 64
    max_unknown_length = 2_000

    def __init__(self, parts: Mapping[str, Value], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = dict(parts)
        self.required_parts = tuple(name for name, part in parts.items() if part.required)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise self.make_error("not_an_object")
        if len(value) > self.max_parts:
            raise self.make_error("too_many", max=self.max_parts)
        kept = {name: part for name, part in value.items() if part is not None}
        for name in self.required_parts:
            if name not in kept:
                raise self.make_error("part_missing", part=name)
        return {clean(name): self._part(name, part) for name, part in kept.items()}

    def _part(self, name: str, value: Any) -> Any:
        part = self.parts.get(name)
        if part is None:
            return self._unknown(name, value)
        try:
            return part.deserialize(value)
        except Invalid as problem:
            problem.params.setdefault("part", name)
            raise

    def _unknown(self, name: str, value: Any) -> Any:
        if len(name) > self.max_unknown_name:
            raise self.make_error("not_flat")
        if type(value) is bool:
            return value
        if type(value) in (int, float) and math.isfinite(value) and abs(value) <= LARGEST_INTEGER:
            return value
        if type(value) is str and len(value) <= self.max_unknown_length:
            return clean(value)
        raise self.make_error("not_flat")


class File(Flat):
    """A file, named by the SHA-256 of its bytes; the bytes travel apart from the record."""

    type = "file"

    def __init__(self, **kwargs: Any) -> None:
        parts: dict[str, Value] = {
            "sha256": Pattern("sha256", "[0-9a-f]{64}", 64, required=True),
            "media_type": Choice(MEDIA_TYPES, required=True),
            "size": Number(whole=True, least=1, most=25_000_000, required=True),
            "name": Text(200),
        }
        super().__init__(parts, **kwargs)
