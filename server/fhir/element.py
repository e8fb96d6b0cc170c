"""A JSON value of FHIR together with its place, so that whatever is wrong with it can be named:
every look inside goes through here. The mappings beside it call it; nothing else does."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """What is wrong, and where: `entry[12].resource.birthDate`, or line and column for bad JSON."""

    place: str
    why: str


class Broken(Exception):
    """A file that is not what it should be. Holds every fault found in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{place}: {why}" for place, why in self.faults))


class PassedOver(Exception):
    """Sound, but not taken, and why, in words for the report."""


class Element:
    """A JSON object at `path`. Asking for a member of another type than it has raises Broken."""

    __slots__ = ("members", "path")

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise fault(path, f"an object belongs here, not {named(value)}")
        self.members: dict[str, Any] = value
        self.path = path

    def __contains__(self, name: str) -> bool:
        return self.members.get(name) is not None

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def child(self, name: str) -> "Element | None":
        value = self.members.get(name)
        return None if value is None else Element(value, self.at(name))

    def each(self, name: str) -> list["Element"]:
        return [Element(value, place) for place, value in self._items(name)]

    def texts(self, name: str) -> list[str]:
        return [_text(value, place) for place, value in self._items(name)]

    def text(self, name: str) -> str | None:
        """The text as written; an empty one counts as absent, as FHIR has it."""
        value = self.members.get(name)
        return None if value is None else _text(value, self.at(name)) or None

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise fault(self.at(name), "is missing")
        return value

    def number(self, name: str) -> int | float | None:
        value = self.members.get(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise fault(self.at(name), f"a number belongs here, not {named(value)}")

    def flag(self, name: str) -> bool | None:
        value = self.members.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise fault(self.at(name), f"true or false belongs here, not {named(value)}")

    def code(self, name: str, known: Iterable[str]) -> str | None:
        """A code of a closed set; any other is a fault."""
        value = self.text(name)
        if value is not None and value not in known:
            raise fault(self.at(name), f"“{value}” is none of {', '.join(known)}")
        return value

    def _items(self, name: str) -> Iterator[tuple[str, Any]]:
        values = self.members.get(name)
        if values is None:
            return
        if not isinstance(values, list):
            raise fault(self.at(name), f"a list belongs here, not {named(values)}")
        for index, value in enumerate(values):
            yield f"{self.at(name)}[{index}]", value


def fault(place: str, why: str) -> Broken:
    return Broken([Fault(place, why)])


def named(value: Any) -> str:
    for types, name in _NAMES:
        if isinstance(value, types):
            return name
    return "null"


_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "an object"),
)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise fault(place, f"text belongs here, not {named(value)}")
    return value
