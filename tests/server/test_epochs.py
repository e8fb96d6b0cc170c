"""Where epochs begin, and what each restore took from whom."""

from __future__ import annotations

import pytest

from server import epochs
from server.database import begin
from server.epochs import FIRST_HOUR_MS, HOUR_MS, SPACING, Span
from server.tables import epoch, organisation
from tests.server.office import Office, new_id


def test_an_epoch_begins_beyond_every_number_that_was_given() -> None:
    assert epochs.next_start([0], FIRST_HOUR_MS) == SPACING
    assert epochs.next_start([SPACING - 1, 5], FIRST_HOUR_MS) == SPACING
    assert epochs.next_start([SPACING, 5], FIRST_HOUR_MS) == 2 * SPACING
    assert epochs.next_start([5, 3 * SPACING + 7], FIRST_HOUR_MS) == 4 * SPACING


def test_two_restores_from_one_backup_give_no_number_twice() -> None:
    """Though nothing is left of what was counted between them."""
    first = epochs.next_start([200], FIRST_HOUR_MS + 10 * HOUR_MS)
    later = epochs.next_start([200], FIRST_HOUR_MS + 11 * HOUR_MS)
    assert (first, later) == (10 * SPACING, 11 * SPACING)
    assert epochs.next_start([first + 7], FIRST_HOUR_MS + 10 * HOUR_MS) == later


def test_readers_of_json_keep_the_numbers_of_a_century() -> None:
    century = FIRST_HOUR_MS + 100 * 366 * 24 * HOUR_MS
    assert epochs.next_start([0], century) + SPACING < 2**53


@pytest.fixture
def restored_twice(office: Office) -> list[str]:
    """The ids of an organisation's three epochs: 100 and SPACING + 50 were restored to."""
    ids = [new_id(), new_id()]
    with begin(office.organisation, write=True) as connection:
        first = connection.scalars(epoch.select().with_only_columns(epoch.c.id)).one()
        of = {"organisation": office.organisation, "began_at": 1}
        connection.execute(
            epoch.insert(),
            [
                of | {"start": SPACING, "id": ids[0], "restored_head": 100},
                of | {"start": 2 * SPACING, "id": ids[1], "restored_head": SPACING + 50},
            ],
        )
        connection.execute(organisation.update().values(epoch=ids[1], head=2 * SPACING + 3))
    return [first, *ids]


def test_each_restore_took_a_span_of_numbers(office: Office, restored_twice: list[str]) -> None:
    with begin(office.organisation) as connection:
        assert epochs.lost_spans(connection, office.organisation) == [
            Span(100, SPACING),
            Span(SPACING + 50, 2 * SPACING),
        ]


def test_who_was_away_lost_what_every_restore_since_took(
    office: Office, restored_twice: list[str]
) -> None:
    with begin(office.organisation) as connection:
        lost = [epochs.lost_to(connection, office.organisation, each) for each in restored_twice]
        unknown = epochs.lost_to(connection, office.organisation, new_id())
    start = 2 * SPACING
    assert lost == [Span(100, start), Span(SPACING + 50, start), Span(start, start)]
    assert unknown == Span(100, start)


def test_an_organisation_begins_with_nothing_lost(office: Office) -> None:
    with begin(office.organisation) as connection:
        assert epochs.lost_spans(connection, office.organisation) == []
        known = connection.scalars(epoch.select().with_only_columns(epoch.c.id)).one()
        assert epochs.lost_to(connection, office.organisation, known) == Span(0, 0)
