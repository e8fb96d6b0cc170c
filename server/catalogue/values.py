"""The types of a single value: text, numbers, choices, references. Each is a marshmallow field
whose `deserialize` takes one value from the wire and gives back the value to store, or raises
Invalid.

Dates and times are in moments.py, objects of several parts in parts.py. Called through the
catalogue only.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, missing

LARGEST_INTEGER = 2**53 - 1
"""The largest whole number that every JSON reader, a phone's among them, holds exactly (RFC
7493)."""

UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
LANGUAGE_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-(?P<script>[A-Za-z]{4}))?(?:-(?P<region>[A-Za-z]{2}|\d{3}))?"
    r"(?P<rest>(?:-[A-Za-z0-9]{5,8}|-\d[A-Za-z0-9]{3})*(?:-[A-Wa-wYy](?:-[A-Za-z0-9]{2,8})+)*)"
)


class Invalid(ValidationError):
    """A value that its type does not allow. `code` is stable and has a sentence in the words of
    each language under `problems`; `params` fill that sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Value(fields.Field[Any]):
    """What all types share: problems are Invalid, with a code and parameters."""

    type = "string"

    def make_error(self, key: str, **params: Any) -> Invalid:
        return Invalid(key, **params)

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """The value to store. Raises Invalid.

        marshmallow's own goes on to validators and hooks, of which our types have none: for text
        that would be two thirds of the time (0.9 of 1.4 µs).
        """
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._deserialize(value, attr, data, **kwargs)

    def describe(self) -> dict[str, Any]:
        """What GET /api/catalogue says of this type beside its name."""
        return {}


def clean(text: str) -> str:
    """Text brought to NFC. Raises Invalid for NUL, which PostgreSQL cannot store, and for half a
    surrogate pair, which UTF-8 cannot carry."""
    if "\0" in text:
        raise Invalid("bad_character")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("bad_character") from None
    return unicodedata.normalize("NFC", text)


class Text(Value):
    """A string of at most `max_length` characters (code points, counted after NFC)."""

    def __init__(self, max_length: int, *, prose: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.type = "text" if prose else "string"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise self.make_error("not_text")
        text = clean(value)
        if len(text) > self.max_length:
            raise self.make_error("too_long", max=self.max_length)
        if self.required and not text.strip():
            raise self.make_error("blank")
        return text

    def describe(self) -> dict[str, Any]:
        return {"max_length": self.max_length}


class Pattern(Value):
    """A short string of one written form, such as a SHA-256 or the strokes of a signature."""

    def __init__(self, form: str, pattern: str, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.form = form
        self.pattern = re.compile(pattern)
        self.max_length = max_length

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise self.make_error("not_text")
        if len(value) > self.max_length:
            raise self.make_error("too_long", max=self.max_length)
        if not self.pattern.fullmatch(value):
            raise self.make_error("not_of_this_form", form=self.form)
        return value

    def describe(self) -> dict[str, Any]:
        return {"format": self.form, "max_length": self.max_length}


class Language(Value):
    """A BCP 47 language tag, kept in its usual case: `es`, `es-US`, `zh-Hant-TW`."""

    max_length = 35

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        found = LANGUAGE_TAG.fullmatch(value) if type(value) is str else None
        if not found or len(value) > self.max_length:
            raise self.make_error("not_a_language")
        tag = found["language"].lower()
        if found["script"]:
            tag += "-" + found["script"].title()
        if found["region"]:
            tag += "-" + found["region"].upper()
        return tag + found["rest"].lower()

    def describe(self) -> dict[str, Any]:
        return {"format": "language", "max_length": self.max_length}


class Number(Value):
    """A finite number between `least` and `most`; whole where `whole` is said."""

    def __init__(
        self,
        *,
        whole: bool = False,
        least: float = -LARGEST_INTEGER,
        most: float = LARGEST_INTEGER,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.type = "integer" if whole else "number"
        self.least, self.most, self.whole = least, most, whole

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int | float:
        if type(value) is float and value.is_integer() and self.whole:
            value = int(value)  # JSON does not tell 3 from 3.0
        if type(value) is not int and (self.whole or type(value) is not float):
            raise self.make_error("not_a_whole_number" if self.whole else "not_a_number")
        if not math.isfinite(value):
            raise self.make_error("not_a_number")
        if value < self.least:
            raise self.make_error("too_small", min=self.least)
        if value > self.most:
            raise self.make_error("too_great", max=self.most)
        return value

    def describe(self) -> dict[str, Any]:
        bounds = {"min": self.least, "max": self.most}
        return {name: bound for name, bound in bounds.items() if abs(bound) != LARGEST_INTEGER}


class Boolean(Value):
    type = "boolean"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("not_yes_or_no")
        return value


class Choice(Value):
    """One of the codes named in `choices`, between spaces, in the order in which screens list
    them and `furthest` ranks them."""

    type = "choice"

    def __init__(self, choices: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(choices.split())
        self._known = frozenset(self.choices)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str or value not in self._known:
            raise self.make_error("not_a_choice")
        return value


class Reference(Value):
    """The id of another record. Whether it exists is not asked: its creation may still be on a
    phone."""

    type = "reference"

    def __init__(self, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = tuple(kinds)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str or not UUID.fullmatch(value):
            raise self.make_error("not_a_reference")
        return value.lower()

    def describe(self) -> dict[str, Any]:
        return {"kinds": list(self.kinds)}
