"""A change as a phone offers it after a restore: what it says of itself, and how much of that is
believed (sync/README.md, A restored server).

    {…as sent the first time, "seqs": [every number it ever had], "corrected": its `at` where moved}

What was accepted before is not judged again against what has changed since: its `at` is what it
was, and its values are what some version of the catalogue took.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from server.catalogue import CatalogueKind, Invalid
from server.catalogue.values import clean
from server.epochs import SPACING, Span
from server.sync.envelope import LARGEST, is_whole
from server.sync.offer import Author, Offer
from server.sync.validate import fields_taking, is_name, refuse_shape, validate
from sync import Json, canonical, nfc

BESIDES = ("seqs", "corrected")
"""What stands beside a change that is offered again, and is no part of it."""

MOST_SEQS = 100
"""More restores than one change lives through."""

NARROWED = frozenset({"too_long", "too_small", "too_great", "blank", "not_a_choice"})
"""Bounds that a catalogue may draw closer: a value beyond them was taken once. One of another type
never was, and what the server reads of a record rests on that."""

_code = re.compile(r"[!-~]{1,64}").fullmatch

LONGEST_TEXT = 20_000
"""What a fold takes at most of one field (sync/README.md, Prose): no catalogue bounds it wider."""


def offer_of(
    author: Author, sent: Mapping[str, Any], language: str, spans: Sequence[Span]
) -> Offer:
    """The change as an offer. Its digest is that of the change as sent the first time."""
    offer = validate(author, {k: v for k, v in sent.items() if k not in BESIDES}, language)
    offer.sent = sent
    seqs, corrected = sent.get("seqs"), sent.get("corrected")
    if not _is_numbers(seqs):
        offer.refusal = offer.refusal or refuse_shape("seqs", language)
    elif corrected is not None and not is_whole(corrected):
        offer.refusal = offer.refusal or refuse_shape("corrected", language)
    else:
        offer.seqs = believed(seqs or (), spans)
        if offer.seqs:
            offer.at = offer.at if corrected is None else corrected
            _read_as_accepted(offer)
    return offer


def believed(seqs: Sequence[int], spans: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """The numbers that a restore took away, oldest first, each with where it was gone: the first
    number of the epoch that did not know it. A change has one number an epoch at most."""
    by_epoch = {had // SPACING: had for had in sorted(seqs, reverse=True) if _gone(had, spans)}
    numbers = sorted(by_epoch.values())
    begins = [had // SPACING * SPACING for had in numbers[1:]]
    lost = [_gone(had, spans) for had in numbers]
    return tuple(
        (had, min(each for each in (gone, next_) if each is not None))
        for had, gone, next_ in zip_longest(numbers, lost, begins)
    )


def _gone(had: int, spans: Sequence[Span]) -> int | None:
    """Where the first restore began that took a number away; None where none did."""
    return min((span.start for span in spans if span.head < had < span.start), default=None)


def _is_numbers(seqs: object) -> bool:
    if seqs is None:
        return True
    return isinstance(seqs, list) and len(seqs) <= MOST_SEQS and all(map(is_whole, seqs))


def _read_as_accepted(offer: Offer) -> None:
    """Take the values of a change that was accepted before, though the catalogue of today would
    not: where only a bound was drawn closer."""
    kind = offer.kind
    if offer.refusal is not None or offer.value_refusal is None or kind is None or offer.delete:
        return
    sent = offer.sent
    try:
        offer.set = {
            name: _as_accepted(kind, name, value, "set")
            for name, value in (sent.get("set") or {}).items()
        }
        offer.add, offer.remove = (
            {
                name: [_as_accepted(kind, name, value, part) for value in values]
                for name, values in (sent.get(part) or {}).items()
                if values
            }
            for part in ("add", "remove")
        )
    except (Invalid, ValueError):
        return
    offer.value_refusal = None


def _as_accepted(kind: CatalogueKind, name: str, value: Any, operation: str) -> Json:
    """A value as it was stored. Raises Invalid or ValueError for what was never taken."""
    if name not in kind.fields:  # of a newer version, which this server was before
        if not is_name(name) or name == "deleted" or b"\\u0000" in canonical(value):
            raise ValueError(name)
        return nfc(value)
    field = fields_taking(kind.name, operation).get(name)
    if field is None:  # a rule never becomes one that is written in another way
        raise ValueError(name)
    try:
        read: Json = field.marshmallow.deserialize(value)
    except Invalid as problem:
        if problem.code not in NARROWED or "part" in problem.params:
            raise
        if problem.code == "not_a_choice":
            return _of_other_choices(value)
        return _beyond_its_bounds(value)
    return read


def _of_other_choices(value: Any) -> Json:
    """A code that some version had among its choices. Raises ValueError."""
    if not isinstance(value, str) or not _code(value):
        raise ValueError
    return value


def _beyond_its_bounds(value: Any) -> Json:
    """A text or a number that some version took. Raises Invalid or ValueError."""
    if isinstance(value, str):
        text = clean(value)
        if len(text) <= LONGEST_TEXT:
            return text
    elif type(value) in (int, float) and abs(value) <= LARGEST:
        number: int | float = value
        return number
    raise ValueError
