"""The interface as OpenAPI 3.1: from the route table, the views' docstrings and the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec

from server.access import ROLES, Route
from server.catalogue import CATALOGUE, CatalogueField, CatalogueKind
from server.restore.believed import MOST_SEQS
from server.sync.envelope import PROTOCOL

SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "doorstep_session"},
    "device": {"type": "apiKey", "in": "header", "name": "Doorstep-Device"},
    "token": {"type": "http", "scheme": "bearer"},
}
SIGNED_IN: dict[str, list[dict[str, list[str]]]] = {
    "open": [],
    "organisation": [{"session": []}, {"token": []}],
    "phone": [{"session": [], "device": []}],
    "chart": [{"session": [], "device": []}, {"token": []}],
}
UUID = {"type": "string", "format": "uuid"}
WHOLE = {"type": "integer", "minimum": 0}
TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "description": "YYYY-MM-DD; YYYY or YYYY-MM where it is partial"},
    "datetime": {"type": "string", "format": "date-time"},
    "zoned": {
        "type": "object",
        "properties": {"local": {"type": "string"}, "zone": {"type": "string"}},
        "required": ["local", "zone"],
    },
    "choice": {"type": "string"},
    "reference": UUID,
    "object": {"type": "object"},
    "file": {"type": "object"},
}


def specification(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole document."""
    spec = APISpec("Doorstep", CATALOGUE.version, "3.1.0")
    for name, scheme in SECURITY.items():
        spec.components.security_scheme(name, scheme)
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, schema)
    for kind in CATALOGUE.kinds.values():
        spec.components.schema(f"fields_of_{kind.name}", _fields(kind))
    for route in routes:
        if route.path.startswith("/api/") or route.path in ("/healthz", "/readyz"):
            spec.path(_template(route.path), operations={route.method.lower(): _operation(route)})
    document: dict[str, Any] = spec.to_dict()
    return document


def _template(path: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def _operation(route: Route) -> dict[str, Any]:
    summary = (route.view.__doc__ or "").strip().partition("\n")[0]
    operation: dict[str, Any] = {
        "operationId": f"{route.view.__module__.rpartition('.')[2]}_{route.view.__name__}",
        "summary": summary,
        "security": SIGNED_IN["chart" if route.is_for_programs else route.scope],
        "responses": {
            "default": {
                "description": "What went wrong",
                "content": {"application/problem+json": {"schema": "problem"}},
            },
            "200": {"description": "Done"},
            "2XX": {"description": "Done, as the status says"},
        },
    }
    if route.roles:
        operation["x-roles"] = sorted(route.roles)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _parameter(name)}
        for name in re.findall(r"{(\w+)}", _template(route.path))
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in QUERIES.get(route.endpoint, {}).items()
    ]
    if parameters:
        operation["parameters"] = parameters
    if route.endpoint in BODIES:
        operation["requestBody"] = _json(BODIES[route.endpoint]) | {"required": True}
    if route.endpoint in ANSWERS:
        operation["responses"]["200"] |= _json(ANSWERS[route.endpoint])
    return operation


def _parameter(name: str) -> dict[str, Any]:
    if name == "n":
        return {"type": "integer", "minimum": 1}
    if name == "hash":
        return {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    return UUID if name.endswith("_id") else {"type": "string"}


def _json(schema: str | dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _fields(kind: CatalogueKind) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(field) for name, field in kind.fields.items()},
        "required": [name for name, field in kind.fields.items() if field.required],
    }


def _field(field: CatalogueField) -> dict[str, Any]:
    schema = dict(TYPES[field.type])
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    if field.list:
        schema = {"type": "array", "items": schema}
    return schema | {"x-rule": field.rule}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def _list(of: Any) -> dict[str, Any]:
    return {"type": "array", "items": of}


_NAMED = {"type": "object", "additionalProperties": True}
_LISTS = {"type": "object", "additionalProperties": {"type": "array"}}
_TEXT = {"type": ["string", "null"]}

SCHEMAS: dict[str, dict[str, Any]] = {
    "problem": _object(
        "type title status code detail",
        type={"type": "string"},
        title={"type": "string"},
        status=WHOLE,
        code={"type": "string"},
        detail={"type": "string"},
        protocols=_list({"type": "integer"}),
        wipe={"type": "boolean"},
    ),
    "change": _object(
        "n at seen record kind",
        n={"type": "integer", "minimum": 1},
        at=WHOLE,
        seen=WHOLE,
        record=UUID,
        kind={"type": "string", "enum": sorted(CATALOGUE.kinds)},
        patient={"type": ["string", "null"], "format": "uuid"},
        set=_NAMED,
        add=_LISTS,
        remove=_LISTS,
        delete={"type": "boolean"},
    ),
    "record": _object(
        "id kind patient version deleted fields contested overruled",
        id=UUID,
        kind={"type": "string"},
        patient={"type": ["string", "null"], "format": "uuid"},
        version=WHOLE,
        deleted={"type": "boolean"},
        fields=_NAMED,
        contested=_LISTS,
        overruled=_LISTS,
    ),
    "sync_request": _object(
        "device now",
        protocol={"type": "integer", "const": PROTOCOL, "default": PROTOCOL},
        device=UUID,
        now=WHOLE,
        lang={"type": "string"},
        epoch=_TEXT,
        cursor=_TEXT,
        made=_TEXT,
        limit={"type": "integer", "minimum": 1, "maximum": 1000},
        status=_NAMED,
        reads=_list(_NAMED),
        changes=_list("change"),
    ),
    "offered_again": {
        "allOf": [
            "change",
            _object("", seqs=_list(WHOLE) | {"maxItems": MOST_SEQS}, corrected=WHOLE),
        ]
    },
    "taking_back": _object(
        "device of now epoch",
        protocol={"type": "integer", "const": 1},
        device=UUID,
        of=UUID,
        now=WHOLE,
        lang={"type": "string"},
        epoch={"type": "string"},
        changes=_list("offered_again"),
    ),
    "taken_back": _object(
        "accepted refused waiting",
        accepted=_list(_object("n seq", n=WHOLE, seq=WHOLE, at=WHOLE)),
        refused=_list(_NAMED),
        waiting=_list(WHOLE),
    ),
    "sync_answer": _object(
        "epoch cursor more skew accepted refused records set_aside forget",
        epoch={"type": "string"},
        cursor=_TEXT,
        more={"type": "boolean"},
        skew={"type": "integer"},
        accepted=_list(_object("n seq", n=WHOLE, seq=WHOLE, at=WHOLE)),
        refused=_list(_NAMED),
        records=_list("record"),
        set_aside=_list(_NAMED),
        forget=_list(UUID),
    ),
}

_STRING = {"type": "string"}
_CREDENTIAL = {
    "type": "object",
    "description": "JSON of WebAuthn level 3, as PublicKeyCredential.toJSON gives it",
}
_NAME = {"type": "string", "minLength": 1, "maxLength": 100}

BODIES: dict[str, str | dict[str, Any]] = {
    "POST /api/sync": "sync_request",
    "POST /api/take-back": "taking_back",
    "POST /api/salvage": _object(
        "device epoch", device=UUID, epoch={"type": "string"}, records=_list("record")
    ),
    "POST /api/office/restore/end": _object(""),
    "POST /api/office/salvage/<record_id>/<hash>/take-in": _object(""),
    "POST /api/office/salvage/<record_id>/<hash>/dismiss": _object(""),
    "POST /api/devices": _object("name", name=_NAME, device=UUID),
    "POST /api/invitations/open": _object("token", token=_STRING),
    "POST /api/invitations/accept": _object(
        "token", token=_STRING, credential=_CREDENTIAL, name=_NAME
    ),
    "POST /api/sign-in/options": _object(""),
    "POST /api/sign-in": _object("credential", credential=_CREDENTIAL),
    "POST /api/passkeys/options": _object(""),
    "POST /api/passkeys": _object(
        "credential name", credential=_CREDENTIAL, name=_NAME, proof=_CREDENTIAL
    ),
    "POST /api/passkeys/<passkey_id>/name": _object("name", name=_NAME),
    "POST /api/passkeys/<passkey_id>/remove": _object(""),
    "POST /api/devices/<device_id>/revoke": _object(""),
    "POST /api/devices/<device_id>/erased": _object(""),
    "POST /api/patients/search": _object(
        "name",
        name={"type": "string", "maxLength": 200},
        birth_date={"type": ["string", "null"], "format": "date"},
    ),
    "POST /api/charts/<patient_id>/open": _object("", reason={"type": "string", "maxLength": 500}),
    "POST /api/office/members": _object(
        "email name role",
        email={"type": "string", "format": "email"},
        name={"type": "string", "minLength": 1, "maxLength": 200},
        role={"type": "string", "enum": sorted(ROLES)},
        teams=_list({"type": "string", "minLength": 1, "maxLength": 100}),
        phone={"type": ["string", "null"], "minLength": 1, "maxLength": 50},
    ),
    "POST /api/office/members/<member_id>/invitation": _object(""),
    "POST /api/office/members/<member_id>/leave": _object(""),
    "POST /api/office/refusals/<device_id>/<int:n>/accept": _object(""),
    "POST /api/office/refusals/<device_id>/<int:n>/dismiss": _object(""),
    "POST /api/office/retention/<patient_id>/approve": _object(""),
    "POST /api/office/retention/<patient_id>/withdraw": _object(""),
    "POST /api/office/retention/<patient_id>/hold": _object(
        "reason", reason={"type": "string", "minLength": 1, "maxLength": 500}
    ),
    "POST /api/office/retention/<patient_id>/release": _object(""),
    "POST /api/devices/<device_id>/escrow": _object("sealed", sealed=_STRING),
    "POST /api/devices/<device_id>/escrow/release": _object(""),
}
"""What a route reads, by method and path: a component's name or a schema."""

ANSWERS = {"POST /api/sync": "sync_answer", "POST /api/take-back": "taken_back"}
"""What it answers, where that is described."""

_DAY = {"type": "string", "format": "date"}
_LOG_PLACE = {"type": "string", "pattern": "^[0-9]{1,15}\\.[0-9a-f-]{36}$"}
_OF_THE_LOG = {"member": UUID, "patient": UUID, "from": _DAY, "to": _DAY}

QUERIES: dict[str, dict[str, dict[str, Any]]] = {
    "GET /api/office/refusals": {"outcome": {"enum": ["waiting", "dismissed"]}},
    "GET /api/charts/<patient_id>/access": {"after": _LOG_PLACE},
    "GET /api/office/access": _OF_THE_LOG | {"after": _LOG_PLACE},
    "GET /api/office/access.csv": _OF_THE_LOG,
}
"""What may be asked in a route's address, by method and path; all of it may be left out."""
