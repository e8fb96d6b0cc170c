"""What a phone's copy shows and the log does not account for, field by field and rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from server.epochs import SPACING
from server.restore.covered import Missing, missing
from sync import Change, Field, Kind, fold, show

HEAD = 10
KIND = Kind(
    "toy",
    {
        each.name: each
        for each in (
            Field("name", "once"),
            Field("dose", "multi_value"),
            Field("owner", "last_writer"),
            Field("note", "three_way"),
            Field("languages", "add_wins"),
            Field("remarks", "append"),
        )
    },
)


def change(n: int, seq: int, seen: int = 0, device: str = "a", **parts: Any) -> Change:
    """One of a history in which all up to HEAD is in the backup."""
    return Change(device, n, seq, 100 + n, seen, device, **parts)


def back(of: Change, seq: int) -> Change:
    """The same, taken back after the restore under another number."""
    return Change(
        *(of.device, of.n, SPACING + seq, of.at, of.seen, of.member),
        *(of.set, of.add, of.remove, of.delete),
        ((of.seq, SPACING),),
    )


CREATED = change(
    1, 1, set={"name": "A", "dose": "1 mg", "note": "Well."}, add={"languages": ["en"]}
)


def copy(*log: Change) -> dict[str, Any]:
    """The record as a phone holds it after these changes."""
    shown = show(KIND, fold(KIND, log))
    return {
        "version": log[-1].seq,
        "deleted": shown.deleted,
        "fields": shown.fields,
        "contested": shown.contested,
        "overruled": shown.overruled,
    }


LOST: dict[str, dict[str, Any]] = {
    "a value": {"set": {"dose": "2 mg"}},
    "a value taken away": {"set": {"dose": None}},
    "a field that only a newer version knows": {"set": {"newer": 1}},
    "prose": {"set": {"note": "Well. Eats."}},
    "a sentence taken out": {"set": {"note": ""}},
    "an element": {"add": {"languages": ["es"]}},
    "an element taken out": {"remove": {"languages": ["en"]}},
    "a remark": {"add": {"remarks": ["called"]}},
    "a deletion": {"delete": True},
}


@pytest.mark.parametrize("parts", LOST.values(), ids=list(LOST))
def test_what_a_lost_change_did_is_missing_until_it_is_back(parts: dict[str, Any]) -> None:
    lost = change(2, 11, seen=1, **parts)
    held = copy(CREATED, lost)
    expected = {name: value for name, value in parts.items() if name != "delete"}
    found = missing(KIND, held, [CREATED], HEAD)
    assert found == Missing(**expected, delete=parts.get("delete"))
    assert found
    assert not missing(KIND, held, [CREATED, back(lost, 5)], HEAD)


def test_of_a_record_that_is_gone_all_is_missing() -> None:
    created = change(1, 11, set=CREATED.set, add=CREATED.add)
    found = missing(KIND, copy(created), [], HEAD)
    assert found == Missing(set=dict(created.set), add={"languages": ["en"]})
    assert not missing(KIND, copy(created), [back(created, 3)], HEAD)


def test_once_all_is_back_nothing_is_missing_whatever_was_written_since() -> None:
    """Merged prose stands in no single change, and a later edit shows it no more."""
    mine = change(2, 11, seen=1, set={"note": "Well. Eats."})
    theirs = change(1, 12, seen=1, device="b", set={"note": "Has a cough. Well."})
    held = copy(CREATED, mine, theirs)
    assert held["fields"]["note"] not in (mine.set["note"], theirs.set["note"])
    log = [CREATED, back(theirs, 4), back(mine, 5)]
    since = change(9, SPACING + 9, seen=SPACING + 8, device="c", set={"note": "Asleep."})
    assert not missing(KIND, held, [*log, since], HEAD)
    assert missing(KIND, held, [*log[:2], since], HEAD).set == {"note": held["fields"]["note"]}


def test_a_value_of_the_backup_does_not_account_for_the_same_value_written_again() -> None:
    reopened = change(2, 5, seen=1, set={"dose": "2 mg"})
    lost = change(3, 11, seen=5, set={"dose": "1 mg"})
    held = copy(CREATED, reopened, lost)
    assert missing(KIND, held, [CREATED, reopened], HEAD).set == {"dose": "1 mg"}


def test_what_was_never_answered_accounts_for_it_under_whatever_number_it_comes() -> None:
    """Its phone did not know the number that a colleague's copy shows."""
    lost = change(2, 11, seen=1, set={"dose": "2 mg"}, add={"languages": ["es"]})
    held = copy(CREATED, lost)
    sent_anew = change(2, SPACING + 1, seen=1, set=lost.set, add=lost.add)
    later = change(3, SPACING + 2, seen=SPACING + 1, set={"dose": "3 mg"})
    assert not missing(KIND, held, [CREATED, sent_anew, later], HEAD)


def test_what_somebody_changed_since_is_not_missing() -> None:
    """The copy shows the backup's value: there is nothing to bring back."""
    lost = change(2, 11, seen=1, set={"owner": "ann"})
    held = copy(CREATED, lost)
    since = change(1, SPACING + 1, seen=1, device="b", set={"dose": "9 mg"})
    assert missing(KIND, held, [CREATED, since], HEAD) == Missing(set={"owner": "ann"})


def test_a_value_beside_the_standing_one_is_missing_too() -> None:
    """A lost phone's earlier change may be known through a colleague's copy alone."""
    mine = change(2, 11, seen=1, set={"dose": "2 mg"})
    theirs = change(9, 12, seen=1, device="b", set={"dose": "3 mg"})
    held = copy(CREATED, mine, theirs)
    assert held["fields"]["dose"] == "3 mg"
    found = missing(KIND, held, [CREATED, back(theirs, 1)], HEAD)
    assert found == Missing(beside={"dose": ["2 mg"]})
    assert missing(KIND, held, [CREATED, back(mine, 1)], HEAD).set == {"dose": "3 mg"}
    assert not missing(KIND, held, [CREATED, back(theirs, 1), back(mine, 2)], HEAD)


def test_a_list_that_only_a_newer_version_knows_may_have_been_set_or_added_to() -> None:
    for parts in ({"set": {"newer": [1]}}, {"add": {"newer": [1]}}):
        lost = change(2, 11, seen=1, **parts)
        anew = change(2, SPACING + 1, seen=1, **parts)
        later = change(3, SPACING + 2, seen=SPACING + 1, set={"newer": None})
        held = copy(CREATED, lost)
        assert missing(KIND, held, [CREATED], HEAD)
        assert not missing(KIND, held, [CREATED, anew, later], HEAD)


def test_an_element_that_was_added_since_is_not_taken_out() -> None:
    lost = change(2, 11, seen=1, set={"owner": "ann"})
    since = change(1, SPACING + 1, seen=1, device="b", add={"languages": ["es"]})
    assert missing(KIND, copy(CREATED, lost), [CREATED, since], HEAD).remove == {}


def test_a_deletion_that_was_taken_back_is_missing() -> None:
    deleted = change(2, 5, seen=1, delete=True)
    kept = change(3, 11, seen=5, delete=False)
    assert missing(KIND, copy(CREATED, deleted, kept), [CREATED, deleted], HEAD).delete is False
