"""From paths to resources: finds the files, reads bundles and single resources, and says of a
broken file where it is broken. The first step of an import."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from server.fhir.element import Broken, Element, Fault, fault


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a file, with the address that others in the file may call it by."""

    resource: Element
    type: str
    full_url: str | None


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every *.json below the directories named, each once, in order of name.
    Raises FileNotFoundError for a path that leads nowhere."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(p for p in path.rglob("*.json") if p.is_file())))
        elif path.is_file():
            found[path] = None
        else:
            raise FileNotFoundError(path)
    return list(found)


def read_file(path: Path) -> list[Entry]:
    """Every resource of one file: of a Bundle its entries', else the one that it is. Raises Broken
    with the line and column of bad JSON, or with the entry and path of what is no resource."""
    try:
        data = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise fault(
            f"line {error.lineno}, column {error.colno}", f"not JSON: {error.msg}"
        ) from None
    except OSError as error:
        raise fault("the file itself", error.strerror or "cannot be read") from None
    root = Element(data)
    if root.needed("resourceType") != "Bundle":
        return [Entry(root, root.needed("resourceType"), None)]
    faults: list[Fault] = []
    entries = list(_entries(root, faults))
    if faults:
        raise Broken(faults)
    return entries


def _entries(bundle: Element, faults: list[Fault]) -> Iterator[Entry]:
    values: Any = bundle.members.get("entry", [])
    if not isinstance(values, list):
        raise fault("entry", "a list belongs here")
    for index, value in enumerate(values):
        try:
            entry = Element(value, f"entry[{index}]")
            resource = entry.child("resource")
            if resource is None:
                raise fault(entry.at("resource"), "is missing")
            yield Entry(resource, resource.needed("resourceType"), entry.text("fullUrl"))
        except Broken as broken:
            faults.extend(broken.faults)
