"""The people screen's side of the server: who is seen, added, invited, let go and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from server import tokens
from server.database import begin
from server.tables import access_log, grants, invitation, passkey, session, token
from server.who import hash_of
from tests.server.office import Office, Phone, new_id
from tests.server.sync.test_pull import give

MEMBERS = "/api/office/members"


@pytest.fixture
def administrator(office: Office) -> Phone:
    return office.phone(office.add("administrator"))


@pytest.fixture
def of_south(office: Office) -> Phone:
    return office.phone(office.add("supervisor", "South"))


@pytest.fixture
def elsewhere(office: Office) -> Phone:
    other = Office.open(office.app, "Elsewhere")
    return other.phone(other.add("administrator"))


def listed(phone: Phone) -> dict[str, dict[str, Any]]:
    answer = phone.session.get(MEMBERS)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json["members"]}


def act(by: Phone, member: str, what: str) -> tuple[int, Any]:
    answer = by.session.post(f"{MEMBERS}/{member}/{what}", {})
    return answer.status_code, answer.json


def add(by: Phone, **body: Any) -> tuple[int, Any]:
    new = {"email": "ada@example.org", "name": "Ada Quist", "role": "coordinator"} | body
    answer = by.session.post(MEMBERS, new)
    return answer.status_code, answer.json


def give_passkey(office: Office, member: str) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            passkey.insert(),
            {
                "organisation": office.organisation,
                "id": new_id(),
                "member": member,
                "credential": new_id(),
                "public_key": "x",
                "sign_count": 0,
                "name": "Phone",
                "transports": "[]",
                "is_backed_up": True,
                "created_at": 1,
            },
        )


def test_a_supervisor_sees_the_people_of_their_teams_and_an_administrator_all(
    phone: Phone, supervisor: Phone, of_south: Phone, administrator: Phone, elsewhere: Phone
) -> None:
    assert listed(supervisor).keys() == {phone.member, supervisor.member}
    assert listed(of_south).keys() == {of_south.member}
    everybody = {each.member for each in (phone, supervisor, of_south, administrator)}
    assert listed(administrator).keys() == everybody
    assert listed(elsewhere).keys() == {elsewhere.member}
    assert phone.session.get(MEMBERS).status_code == 403


def test_what_is_shown_of_a_member(
    phone: Phone, supervisor: Phone, administrator: Phone, office: Office
) -> None:
    give_passkey(office, phone.member)
    office.phone(phone.member)
    phone.sync()
    shown = listed(supervisor)[phone.member]
    contact = shown.pop("last_contact")
    assert 0 < contact <= phone.now()
    assert shown == {
        "id": phone.member,
        "name": "Coordinator 1",
        "email": "coordinator1@example.org",
        "role": "coordinator",
        "team": shown["team"],
        "team_name": "North",
        "teams": [],
        "status": "active",
        "phone": None,
        "passkeys": 1,
        "devices": 2,
    }
    assert listed(administrator)[supervisor.member]["teams"] == ["North"]


def test_an_administrator_adds_a_member_who_has_a_card_on_every_phone(
    administrator: Phone, phone: Phone, supervisor: Phone
) -> None:
    status, answer = add(administrator, teams=["East", "West"], role="supervisor", phone="555-0100")
    assert status == 201
    shown = listed(administrator)[answer["id"]]
    assert (shown["name"], shown["role"], shown["phone"]) == ("Ada Quist", "supervisor", "555-0100")
    assert (shown["team_name"], shown["teams"]) == ("East", ["East", "West"])
    phone.sync()
    assert phone.fields(answer["id"])["telephone"] == "555-0100"
    assert add(administrator)[1]["code"] == "member_exists"
    assert add(supervisor, email="bo@example.org")[0] == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", None),
        ("email", "ada"),
        ("email", "ada@\ud800"),
        ("name", " "),
        ("name", "A" * 201),
        ("name", "A\0b"),
        ("name", ["Ada"]),
        ("role", "king"),
        ("role", None),
        ("teams", "North"),
        ("teams", [7]),
        ("teams", ["N" * 101]),
        ("teams", ["North"] * 51),
        ("phone", 5550100),
        ("phone", "5" * 51),
    ],
)
def test_a_member_who_cannot_be_is_refused_by_the_field(
    administrator: Phone, field: str, value: object
) -> None:
    status, answer = add(administrator, **{field: value})
    assert (status, answer["code"], answer["field"]) == (400, "member_unfit", field)
    assert len(listed(administrator)) == 1


def test_an_invitation_is_a_link_and_its_picture_for_a_quarter_of_an_hour(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    status, answer = act(supervisor, phone.member, "invitation")
    assert status == 200
    assert answer["link"].startswith("http://localhost:8000/#/join/")
    assert answer["qr"].startswith("data:image/svg+xml")
    assert 14 * 60_000 < answer["expires_at"] - phone.now() <= 15 * 60_000
    assert answer["recovery"] is False
    with begin(office.organisation) as connection:
        made = connection.execute(select(invitation)).one()
    assert made.token == hash_of(answer["link"].rpartition("/")[2])
    assert (made.member, made.invited_by) == (phone.member, supervisor.member)
    give_passkey(office, phone.member)
    assert act(supervisor, phone.member, "invitation")[1]["recovery"] is True


def test_who_may_invite_and_let_go_whom(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    elsewhere: Phone,
    office: Office,
) -> None:
    second = office.phone(office.add("supervisor", "North"))
    for what in ("invitation", "leave"):
        assert act(colleague, phone.member, what)[0] == 403
        for by, whom in (
            (of_south, phone),
            (elsewhere, phone),
            (supervisor, second),
            (supervisor, supervisor),
            (supervisor, administrator),
            (administrator, administrator),
        ):
            assert act(by, whom.member, what)[0] == 404, (what, by.member, whom.member)
        assert act(supervisor, new_id(), what)[0] == 404
        for by, whom in ((supervisor, phone), (administrator, second)):
            assert act(by, whom.member, what)[0] == 200
    assert act(supervisor, phone.member, "invitation")[1]["code"] == "member_left"


def test_who_leaves_loses_everything_at_once(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    give_passkey(office, phone.member)
    act(supervisor, phone.member, "invitation")
    program = office.program(phone.member)
    second = office.phone(phone.member)
    patient = phone.new_patient()
    phone.sync()
    assert act(supervisor, phone.member, "leave") == (200, {"devices": 2})
    for each in (phone, second):
        assert each.session.get("/api/me").json["wipe"] is True
        assert each.session.get(f"/api/records/{patient}/history").json["wipe"] is True
        assert each.send(each.request()).json["wipe"] is True
    assert program.get("/api/me").status_code == 401
    for kept in (passkey, session, invitation):
        with begin(office.organisation) as connection:
            count = select(func.count()).select_from(kept).where(kept.c.member == phone.member)
            assert connection.scalar(count) == 0, kept.name
    with begin(office.organisation) as connection:
        assert connection.scalar(select(token.c.revoked_at)) is not None
        noted = select(access_log.c.subject).where(access_log.c.what == "member_left")
        assert connection.scalars(noted).all() == [phone.member]
    with pytest.raises(LookupError), begin(office.organisation, write=True) as connection:
        tokens.create(connection, office.organisation, "coordinator1@example.org", False, 1)
    assert act(supervisor, phone.member, "leave") == (200, {"devices": 2})
    supervisor.sync()
    assert supervisor.fields(phone.member)["status"] == "left"


def test_who_leaves_has_let_nobody_else_in(phone: Phone, supervisor: Phone, office: Office) -> None:
    administrator = office.phone(office.add("administrator"))
    link = act(supervisor, phone.member, "invitation")[1]["link"]
    others = act(administrator, phone.member, "invitation")[1]["link"]
    assert act(administrator, supervisor.member, "leave")[0] == 200
    opened = [
        phone.session.post("/api/invitations/open", {"token": each.rpartition("/")[2]}).status_code
        for each in (link, others)
    ]
    assert opened == [403, 200]


def test_the_charts_of_who_left_stay_with_their_team_to_be_handed_over(
    phone: Phone, colleague: Phone, supervisor: Phone, of_south: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    act(supervisor, phone.member, "leave")
    history = f"/api/records/{patient}/history"
    assert supervisor.session.get(history).status_code == 200
    assert of_south.session.get(history).status_code == 404
    supervisor.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync()
    assert colleague.charts() == {patient}


def test_who_left_is_taken_back_as_who_they_were_without_a_chart_or_a_passkey(
    phone: Phone, supervisor: Phone, administrator: Phone, office: Office
) -> None:
    give_passkey(office, phone.member)
    patient = phone.new_patient()
    phone.sync()
    email = office.email(phone.member)
    assert add(administrator, email=email)[1]["code"] == "member_exists"
    act(supervisor, phone.member, "leave")
    again = add(
        administrator, email=email.upper(), name="Ana Ruiz", role="clinician", teams=["South"]
    )
    assert again == (201, {"id": phone.member})
    shown = listed(administrator)[phone.member]
    assert (shown["name"], shown["role"], shown["team_name"]) == ("Ana Ruiz", "clinician", "South")
    assert (shown["status"], shown["passkeys"], shown["devices"]) == ("active", 0, 0)
    assert phone.send(phone.request()).json["wipe"] is True
    new = office.phone(phone.member)
    new.sync()
    assert new.charts() == set()
    assert new.fields(phone.member)["status"] == "active"
    assert new.fields(phone.member)["name"] == "Ana Ruiz"
    with begin(office.organisation) as connection:
        open_ = select(func.count()).select_from(grants).where(grants.c.ended.is_(None))
        assert connection.scalar(open_) == 0
    assert supervisor.session.get(f"/api/records/{patient}/history").status_code == 200


def test_a_supervisor_taken_back_as_another_supervises_nobody(
    supervisor: Phone, administrator: Phone, office: Office
) -> None:
    email = office.email(supervisor.member)
    act(administrator, supervisor.member, "leave")
    assert add(administrator, email=email, role="supervisor", teams=["South"])[0] == 201
    assert listed(administrator)[supervisor.member]["teams"] == ["South"]
