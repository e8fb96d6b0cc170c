"""One change, checked as far as that needs no database: its shape by hand, its kind, the author's
role, and each value by its own field of the catalogue.

The refusals come in the protocol's order: shape, unknown kind, not the author's to write, and last
the values, after what server/sync/push.py finds in the database (sync/README.md, One round trip).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

import orjson

from server.catalogue import CATALOGUE, CatalogueField, CatalogueKind, Invalid
from server.catalogue.words import WORDS
from server.problems import Problem
from server.sync.envelope import is_uuid, is_whole
from server.sync.offer import Author, Offer, Refusal
from server.words import say
from sync import Json, canonical

MOST_ELEMENTS = 200
"""The most elements that one change adds to a field, or removes from it."""

is_name = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch
_OPERATIONS = {"add_wins": ("add", "remove"), "append": ("add",)}


def validate(author: Author, sent: Mapping[str, Any], language: str) -> Offer:
    """The change as an offer. `sent` has a valid n.

    Raises Problem 400 for what is nested too deeply to be kept even as refused.
    """
    try:
        offer = _named(sent, language)
    except RecursionError:
        raise Problem(400, "malformed") from None
    offer.refusal = (
        offer.refusal or _read_shape(offer, language) or _read_kind(author, offer, language)
    )
    if offer.refusal is None:
        offer.value_refusal = _read_values(offer, language)
    return offer


def _named(sent: Mapping[str, Any], language: str) -> Offer:
    """The change under its digest; refused where it cannot be written as JSON again: for half a
    surrogate pair, or for an integer beyond 64 bits.

    The digest is the engine's for all but fractions and names beyond ASCII, and a sixth of its
    cost: only this server ever compares it, with what it wrote itself.
    """
    try:
        kept = {name: value for name, value in sent.items() if value or not _is_empty(value)}
        written = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
        return Offer(sent["n"], sent, hashlib.sha256(written).hexdigest())
    except orjson.JSONEncodeError:
        written = json.dumps(sent, sort_keys=True).encode()
        offer = Offer(sent["n"], sent, hashlib.sha256(written).hexdigest())
        offer.refusal = _refuse("invalid", "shape", language)
        return offer


def _is_empty(value: object) -> bool:
    return value is None or value == {} or value == []


def refuse_missing(field: str, language: str) -> Refusal:
    """For a creation that leaves a required field out."""
    return _refuse("invalid", "missing", language, field)


def refuse_once(field: str, language: str) -> Refusal:
    """For another value of a field that is set once."""
    return _refuse("invalid", "once", language, field)


def refuse_seen(language: str) -> Refusal:
    """For a `seen` that the server has never given."""
    return _refuse("invalid", "seen", language, "seen")


def refuse_shape(member: str, language: str) -> Refusal:
    """For a member of the change itself that is not as the protocol says."""
    return _refuse("invalid", "shape", language, member)


def _refuse(code: str, key: str, language: str, field: str | None = None, **params: Any) -> Refusal:
    return Refusal(code, say(language, f"refused.{key}", **params), field, params or None)


def _read_shape(offer: Offer, language: str) -> Refusal | None:
    sent = offer.sent
    record, patient = sent.get("record"), sent.get("patient")
    at, seen, delete = sent.get("at"), sent.get("seen"), sent.get("delete")
    wrong = None
    if not is_uuid(record):
        wrong = "record"
    elif patient is not None and not is_uuid(patient):
        wrong = "patient"
    elif type(sent.get("kind")) is not str:
        wrong = "kind"
    elif not is_whole(at):
        wrong = "at"
    elif not is_whole(seen):
        wrong = "seen"
    elif delete is not None and type(delete) is not bool:
        wrong = "delete"
    if wrong:
        return _refuse("invalid", "shape", language, wrong)
    set_, add, remove = sent.get("set") or {}, sent.get("add") or {}, sent.get("remove") or {}
    if type(set_) is not dict or not _is_lists(add) or not _is_lists(remove):
        return _refuse("invalid", "shape", language)
    if (delete is None) != bool(set_ or any(add.values()) or any(remove.values())):
        return _refuse("invalid", "shape", language)
    offer.record, offer.patient = sent["record"], patient
    offer.at, offer.seen, offer.delete = sent["at"], sent["seen"], delete
    offer.set, offer.add, offer.remove = set_, add, remove
    return None


def _is_lists(elements: object) -> bool:
    """Whether it is an object of lists; usually there are none."""
    if not elements:
        return type(elements) is dict
    return type(elements) is dict and all(type(each) is list for each in elements.values())


def _read_kind(author: Author, offer: Offer, language: str) -> Refusal | None:
    kind = CATALOGUE.kinds.get(offer.sent["kind"])
    if kind is None:
        return _refuse("unknown_kind", "unknown_kind", language)
    offer.kind = kind
    expected = offer.record if kind.name == "patient" else offer.patient
    if (offer.patient is None) == (kind.scope == "chart") or offer.patient != expected:
        return _refuse("invalid", "shape", language, "patient")
    if kind.is_single != (offer.record == author.organisation):
        return _refuse("invalid", "shape", language, "record")
    if author.is_trusted:
        return None
    if author.role not in kind.write:
        return _refuse("not_yours", "not_yours_kind", language)
    closed = _closed_to(author.role, kind.name)
    for name in (*offer.set, *offer.add, *offer.remove) if closed else ():
        if name in closed:
            return _refuse("not_yours", "not_yours_field", language, name)
    return None


@cache
def _closed_to(role: str, kind: str) -> frozenset[str]:
    """The fields of a kind with fewer writers than the kind, this role none of them."""
    return frozenset(
        name
        for name, field in CATALOGUE.kinds[kind].fields.items()
        if field.write is not None and role not in field.write
    )


def _read_values(offer: Offer, language: str) -> Refusal | None:
    kind = offer.kind
    assert kind is not None
    if offer.delete is True and not kind.deletable:
        return _refuse("invalid", "not_deletable", language)
    try:
        known = fields_taking(kind.name, "set")
        offer.set = {
            name: _value(known.get(name) or _unfit(kind, name), value, name)
            for name, value in offer.set.items()
        }
        offer.add = _elements(kind, offer.add, "add")
        offer.remove = _elements(kind, offer.remove, "remove")
    except _Refused as refused:
        return _refuse("invalid", refused.key, language, refused.field, **refused.params)
    except _BadValue as bad:
        message = WORDS[language].problem(bad.problem)
        return Refusal("invalid", message, bad.field, bad.problem.params or None)
    for name in offer.add.keys() & offer.remove.keys():
        added = {canonical(element) for element in offer.add[name]}
        if any(canonical(element) in added for element in offer.remove[name]):
            return _refuse("invalid", "added_and_removed", language, name)
    return None


class _Refused(Exception):
    def __init__(self, key: str, field: str | None, **params: Any) -> None:
        super().__init__(key)
        self.key, self.field, self.params = key, field, params


class _BadValue(Exception):
    def __init__(self, problem: Invalid, field: str) -> None:
        super().__init__(problem.code)
        self.problem, self.field = problem, field


@cache
def fields_taking(kind: str, operation: str) -> Mapping[str, CatalogueField]:
    """The fields of a kind that are written by an operation: set, add or remove."""
    fields = CATALOGUE.kinds[kind].fields
    return {
        name: field
        for name, field in fields.items()
        if operation in _OPERATIONS.get(field.rule, ("set",))
    }


def _unfit(kind: CatalogueKind, name: str) -> NoReturn:
    """Raise the refusal of a field that the kind has not, or that is not written this way."""
    if name in kind.fields:
        raise _Refused("wrong_operation", name)
    raise _Refused("unknown_field", name if is_name(name) else None)


def _elements(
    kind: CatalogueKind, elements: Mapping[str, Any], operation: str
) -> dict[str, list[Json]]:
    read: dict[str, list[Json]] = {}
    for name, values in elements.items():
        field = fields_taking(kind.name, operation).get(name) or _unfit(kind, name)
        if len(values) > MOST_ELEMENTS:
            raise _Refused("too_many", name, max=MOST_ELEMENTS)
        if values:
            read[name] = [_value(field, value, name) for value in values]
    return read


def _value(field: CatalogueField, value: Any, name: str) -> Json:
    if value is None and field.required:
        raise _Refused("missing", name)
    try:
        read: Json = field.marshmallow.deserialize(value)
    except Invalid as problem:
        raise _BadValue(problem, name) from None
    return read
