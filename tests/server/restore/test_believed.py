"""Which old numbers of a change are believed, and what is read of one that was accepted before."""

from __future__ import annotations

from typing import Any

import pytest

from server.epochs import SPACING, Span
from server.restore.believed import believed, offer_of
from server.sync.offer import Author, Offer
from server.sync.validate import validate
from tests.server.office import new_id

ONE, TWO = SPACING, 2 * SPACING
SPANS = [Span(100, ONE), Span(ONE + 50, TWO)]


@pytest.mark.parametrize(
    ("seqs", "expected"),
    [
        ([], ()),
        ([101], ((101, ONE),)),
        ([100], ()),
        ([ONE - 1], ((ONE - 1, ONE),)),
        ([ONE], ()),
        ([ONE + 50], ()),
        ([ONE + 51], ((ONE + 51, TWO),)),
        ([TWO + 1], ()),
        ([101, ONE + 51], ((101, ONE), (ONE + 51, TWO))),
        ([ONE + 51, 101, 101], ((101, ONE), (ONE + 51, TWO))),
        ([101, 102], ((101, ONE),)),
        ([101, ONE + 3], ((101, ONE),)),
    ],
)
def test_a_number_is_believed_between_a_restored_head_and_the_next_start(
    seqs: list[int], expected: tuple[tuple[int, int], ...]
) -> None:
    assert believed(seqs, SPANS) == expected


def test_a_number_was_gone_where_the_next_one_was_given() -> None:
    """Restored from an older backup, the database has forgotten the restore in between."""
    assert believed([101, ONE + 51], [Span(90, TWO)]) == ((101, ONE), (ONE + 51, TWO))
    assert believed([101], [Span(90, TWO)]) == ((101, TWO),)


def offered(**parts: Any) -> tuple[Offer, dict[str, Any]]:
    """A change of a medication as it is offered, and as it was sent the first time."""
    sent = {"n": 1, "at": 1_000, "seen": 0, "record": new_id(), "kind": "medication"}
    sent |= {"patient": new_id(), "set": {"name": "Aspirin"}} | parts
    author = Author("organisation", "member", "coordinator", "device")
    first = {name: value for name, value in sent.items() if name not in ("seqs", "corrected")}
    return offer_of(author, sent, "en", SPANS), first


def test_its_digest_is_that_of_the_change_as_sent_the_first_time() -> None:
    offer, first = offered(seqs=[101], corrected=2_000)
    author = Author("organisation", "member", "coordinator", "device")
    assert offer.digest == validate(author, first, "en").digest
    assert (offer.seqs, offer.at, offer.refusal) == (((101, ONE),), 2_000, None)


def test_only_what_was_accepted_says_what_its_at_was() -> None:
    offer, _ = offered(seqs=[99], corrected=2_000)
    assert (offer.seqs, offer.at) == ((), 1_000)


@pytest.mark.parametrize(
    ("parts", "is_taken"),
    [
        ({"set": {"name": "A" * 500}}, True),
        ({"set": {"status": "no-longer-a-choice"}}, True),
        ({"set": {"name": " "}}, True),
        ({"set": {"from_a_newer_version": {"a": [1]}}}, True),
        ({"add": {"side_effects": ["a" * 5_000]}, "set": {}}, True),
        ({"set": {"name": 7}}, False),
        ({"set": {"name": None}}, False),
        ({"set": {"name": "A\0" * 500}}, False),
        ({"set": {"From a newer version": 1}}, False),
        ({"set": {"from_a_newer_version": "\0"}}, False),
        ({"set": {"deleted": True}}, False),
        ({"set": {"from_a_newer_version": 2**60}}, False),
        ({"set": {"started": "soon"}}, False),
        ({"set": {"name": "A" * 20_001}}, False),
        ({"set": {"status": 7}}, False),
        ({"set": {"status": "a" * 65}}, False),
        ({"set": {"status": {"local": "soon"}}}, False),
        ({"set": {"side_effects": "nausea"}}, False),
        ({"add": {"name": ["Aspirin"]}, "set": {}}, False),
        ({"kind": "observation", "set": {"value": 2**60}}, False),
    ],
)
def test_a_bound_that_was_drawn_closer_since_refuses_nothing_that_was_accepted(
    parts: dict[str, Any], is_taken: bool
) -> None:
    """What no version ever took is not taken, whatever number it claims."""
    claimed, _ = offered(**parts, seqs=[101])
    assert (claimed.value_refusal is None) is is_taken
    new, _ = offered(**parts)
    assert new.value_refusal is not None


def test_a_text_is_kept_in_the_form_in_which_it_had_been() -> None:
    offer, _ = offered(seqs=[101], set={"name": "e\u0301" * 300, "from_newer": ["e\u0301"]})
    assert offer.set == {"name": "\u00e9" * 300, "from_newer": ["\u00e9"]}
