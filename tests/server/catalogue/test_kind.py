"""The laws that every kind and field keeps, by derivation from the catalogue itself."""

import pytest

from server.catalogue import CATALOGUE, CatalogueKind
from server.catalogue.parts import Flat
from server.catalogue.values import Choice, Reference

KINDS = tuple(CATALOGUE.kinds.values())
FIELDS = tuple((kind, field) for kind in KINDS for field in kind.fields.values())
ROLES = {"coordinator", "clinician", "supervisor", "administrator"}

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
# The types that each rule can merge.
TYPES = {
    "furthest": {"choice", "boolean"},
    "earliest": {"date", "datetime"},
    "latest": {"date", "datetime"},
    "three_way": {"text"},
}
# The rules under which somebody's word can be put aside for safety's sake: each says why.
PROTECTIVE = {"multi_value", "furthest"}


def test_the_first_kinds_are_all_there() -> None:
    assert list(CATALOGUE.kinds) == [
        *("patient", "related_person", "assignment", "care_team_member"),
        *("condition", "allergy", "medication", "observation"),
        *("goal", "goal_progress", "task", "need", "care_plan"),
        *("appointment", "visit", "coverage", "consent"),
        *("member", "cover", "on_call"),
        *("organisation_settings", "training_credential", "vacancy", "candidate"),
    ]


@each_kind
def test_every_kind_has_a_required_field_and_roles_that_exist(kind: CatalogueKind) -> None:
    assert any(field.required for field in kind.fields.values())
    assert set(kind.read) <= ROLES
    assert set(kind.write) <= set(kind.read)


@each_kind
def test_the_engine_knows_the_same_fields(kind: CatalogueKind) -> None:
    assert kind.engine.name == kind.name
    assert kind.engine.deletable == kind.deletable
    assert {name: (field.rule, field.required) for name, field in kind.engine.fields.items()} == {
        name: (field.rule, field.required) for name, field in kind.fields.items()
    }


@each_kind
def test_at_most_one_field_of_a_kind_is_indexed_for_each_purpose(kind: CatalogueKind) -> None:
    indexed = [field.indexed for field in kind.fields.values() if field.indexed]
    assert len(indexed) == len(set(indexed))


@each_kind
def test_each_rule_fits_its_type(kind: CatalogueKind) -> None:
    for field in kind.fields.values():
        assert field.name != "deleted"
        assert field.type in TYPES.get(field.rule, {field.type}), field.name
        assert field.list == (field.rule in ("add_wins", "append")), field.name
        if field.type == "text" and not field.list:
            assert field.rule == "three_way", field.name


@each_kind
def test_a_rule_that_protects_says_what(kind: CatalogueKind) -> None:
    for field in kind.fields.values():
        if field.rule in PROTECTIVE:
            assert field.reason, field.name


@each_kind
def test_a_furthest_field_is_ranked_as_its_choices_are_listed(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        engine = kind.engine.fields[name]
        if field.rule != "furthest":
            assert engine.order == (), name
        else:
            ranked = (False, True) if field.type == "boolean" else field.choices
            assert engine.order == ranked, name
        assert set(engine.terminal) <= set(engine.order), name
        assert len(engine.terminal) != 1, name


@each_kind
def test_earliest_and_latest_are_compared_as_what_they_are(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        compared = field.type if field.rule in ("earliest", "latest") else ""
        assert kind.engine.fields[name].compare == compared, name


@each_kind
def test_what_is_locked_is_a_field_beside_the_signature(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        assert kind.engine.fields[name].locks == field.locks
        assert set(field.locks) <= kind.fields.keys() - {name}, name
        assert not field.locks or field.rule == "append", name


@each_kind
def test_references_name_kinds_that_exist(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        parts = field.marshmallow.parts.values() if isinstance(field.marshmallow, Flat) else ()
        for value in (field.marshmallow, *parts):
            if isinstance(value, Reference):
                assert value.kinds, name
                assert set(value.kinds) <= CATALOGUE.kinds.keys(), name


@each_kind
def test_choices_are_distinct_and_more_than_one(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        parts = field.marshmallow.parts.values() if isinstance(field.marshmallow, Flat) else ()
        for value in (field.marshmallow, *parts):
            if isinstance(value, Choice):
                assert len(set(value.choices)) == len(value.choices) > 1, name


@each_kind
def test_narrower_rights_are_narrower(kind: CatalogueKind) -> None:
    for name, field in kind.fields.items():
        assert field.write is None or set(field.write) < set(kind.write), name
        assert field.read is None or set(field.read) < set(kind.read), name


@each_kind
def test_whoever_writes_a_field_may_read_it(kind: CatalogueKind) -> None:
    """What a person typed comes back to them: in the record, its history and what is set aside."""
    for name, field in kind.fields.items():
        written = kind.write if field.write is None else field.write
        assert set(written) <= set(kind.read if field.read is None else field.read), name


@each_kind
def test_a_record_has_its_required_fields_for_every_reader(kind: CatalogueKind) -> None:
    for role in kind.read:
        withheld = kind.withheld_from(role)
        assert not [name for name in withheld if kind.fields[name].required], role


def test_what_protects_a_person_comes_last() -> None:
    """The values that win over any other when two people disagree."""
    winners = {
        f"{kind.name}.{field.name}": kind.engine.fields[field.name].order[-1]
        for kind, field in FIELDS
        if field.rule == "furthest" and not field.terminal
    }
    assert winners == {
        "patient.no_known_allergies": "not-stated",
        "patient.interpreter_required": True,
        "patient.deceased": "deceased",
        "related_person.may_receive_information": "none",
        "related_person.active": True,
        "care_team_member.status": "inactive",
        "allergy.clinical_status": "active",
        "allergy.criticality": "high",
        "observation.status": "entered-in-error",
        "goal_progress.status": "entered-in-error",
        "task.priority": "stat",
        "need.patient_wants_help": "no",
        "need.confidential": True,
        "consent.status": "rejected",
        "cover.status": "cancelled",
        "on_call.status": "cancelled",
        "training_credential.status": "expired",
    }


def test_two_ends_of_one_thing_are_a_question() -> None:
    questions = {
        f"{kind.name}.{field.name}": field.terminal for kind, field in FIELDS if field.terminal
    }
    assert questions == {
        "assignment.status": ("finished", "cancelled"),
        "goal.lifecycle_status": ("completed", "cancelled", "rejected"),
        "task.status": ("completed", "failed", "cancelled", "rejected"),
        "need.status": ("met", "unmet", "declined"),
        "care_plan.status": ("revoked", "completed"),
        "appointment.status": ("fulfilled", "cancelled", "noshow"),
        "visit.status": ("finished", "cancelled"),
        "vacancy.status": ("filled", "closed"),
        "candidate.stage": ("hired", "declined", "withdrawn"),
    }


def test_what_two_people_may_never_blend_is_multi_value() -> None:
    blended = {
        f"{kind.name}.{field.name}"
        for kind, field in FIELDS
        if kind.name in ("medication", "appointment") and field.rule == "multi_value"
    }
    assert blended >= {
        *("medication.name", "medication.dose", "medication.route", "medication.timing"),
        *("medication.status", "medication.instructions", "medication.as_needed"),
        *("appointment.start", "appointment.end", "appointment.location"),
    }


CARE = ("coordinator", "clinician", "supervisor")
OFFICE = ("supervisor", "administrator")


def test_who_may_read_what() -> None:
    """An administrator reads no chart, and nobody out on visits reads of employment."""
    read = {kind.name: (kind.scope, kind.read) for kind in KINDS if kind.scope != "chart"}
    everyone = ("library", (*CARE, "administrator"))
    assert read == {
        **dict.fromkeys(("member", "cover", "on_call", "organisation_settings"), everyone),
        **dict.fromkeys(("training_credential", "vacancy", "candidate"), ("office", OFFICE)),
    }
    assert {kind.read for kind in KINDS if kind.scope == "chart"} == {CARE}
    narrower = {f"{kind.name}.{f.name}": f.read for kind, f in FIELDS if f.read is not None}
    assert narrower == {"cover.reason": OFFICE}


def test_who_may_write_what() -> None:
    """Assignments, covers and the roster are the right to a chart, and the supervisors'; a card
    follows the account."""
    written = {kind.name: kind.write for kind in KINDS if kind.write != CARE}
    assert written == {
        **dict.fromkeys(("assignment", "cover"), ("supervisor",)),
        **dict.fromkeys(("member", "organisation_settings"), OFFICE),
        **dict.fromkeys(("training_credential", "vacancy", "candidate"), OFFICE),
    }
    narrower = {f"{kind.name}.{f.name}": f.write for kind, f in FIELDS if f.write is not None}
    roster = ("member", "team", "tier", "start", "end", "status", "escalate_after_minutes")
    assert narrower == {
        "patient.merged_into": ("supervisor",),
        "member.name": (),
        "member.role": (),
        "member.team": (),
        "member.status": (),
        **{f"on_call.{name}": ("supervisor",) for name in roster},
    }
    assert {kind.name for kind in KINDS if not kind.deletable} == {
        *("patient", "allergy", "observation", "goal_progress", "visit", "consent"),
        *("member", "on_call", "organisation_settings"),
    }
    assert [kind.name for kind in KINDS if kind.is_single] == ["organisation_settings"]
