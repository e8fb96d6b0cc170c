"""Sue's desk: what a supervisor does at the office, for the world (world.py) to go on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fire.stored import Stored
from tests.phone.phone import Phone, new_id
from tests.phone.rounds import Outcome

if TYPE_CHECKING:
    from tests.fire.world import World


@dataclass
class Desk:
    world: World

    def assign(self, patient: str, who: str, starts: int | None, ends: int | None) -> bool:
        """Sue gives a chart to somebody, from a day until a day."""
        days = {"starts": self.day(starts), "ends": self.day(ends)}
        fields = {"status": "active", "member": who} | {k: v for k, v in days.items() if v}
        self.world.type(self.world.supervisor, new_id(), "assignment", patient, set=fields)
        return self.push()

    def end(self, kind: str, which: int, status: str = "finished") -> bool:
        """Sue ends an assignment, a cover or a turn on call."""
        found = self.standing(kind)
        if not found:
            return False
        body = found[which % len(found)]
        self.world.type(
            self.world.supervisor,
            body["id"],
            kind,
            body["patient"],
            set={"status": status},
            seen=body["version"],
        )
        return self.push()

    def hand_over(self, which: int, who: str) -> bool:
        """Sue puts somebody else's name into a standing assignment."""
        found = self.standing("assignment")
        if not found:
            return False
        body = found[which % len(found)]
        fields = {"member": who}
        self.world.type(
            self.world.supervisor,
            body["id"],
            "assignment",
            body["patient"],
            set=fields,
            seen=body["version"],
        )
        return self.push()

    def cover(self, who: str, absent: str, starts: int, ends: int | None) -> bool:
        fields = {"member": who, "for_member": absent, "starts": self.day(starts)}
        if ends is not None:
            fields["ends"] = self.day(ends)
        self.world.type(self.world.supervisor, new_id(), "cover", None, set=fields)
        return self.push()

    def put_on_call(self, who: str, team: str, starts: int, days: int) -> bool:
        fields = {
            "member": who,
            "team": team,
            "tier": "first",
            "start": {"local": f"{self.day(starts)}T00:00", "zone": "UTC"},
            "end": {"local": f"{self.day(starts + days)}T00:00", "zone": "UTC"},
        }
        self.world.type(self.world.supervisor, new_id(), "on_call", None, set=fields)
        return self.push()

    def push(self) -> bool:
        return self.world.sync(self.world.supervisor) is Outcome.DONE

    def revoke(self, phone: Phone) -> bool:
        """Sue revokes a phone; it hands in what it had not sent at its next contact."""
        return self.ask(f"/api/devices/{phone.device}/revoke").status_code == 204

    def review(self, which: int, accept: bool) -> bool:
        listed = self.world.supervisor.session.get("/api/office/refusals")
        assert listed.status_code < 500, listed.text
        found = listed.json["refusals"] if listed.status_code == 200 else []
        if not found:
            return False
        one = found[which % len(found)]
        act = "accept" if accept else "dismiss"
        path = f"/api/office/refusals/{one['device']}/{one['n']}/{act}"
        answer = self.ask(path)
        return bool(answer.status_code == 204 or (answer.json or {}).get("accepted"))

    def end_restore(self) -> bool:
        return bool(self.ask("/api/office/restore/end").status_code == 204)

    def offers(self) -> list[dict[str, Any]]:
        """What waits for Sue in the list of salvage."""
        answer = self.world.supervisor.session.get("/api/office/salvage")
        assert answer.status_code == 200, answer.text
        offers: list[dict[str, Any]] = answer.json["offers"]
        return offers

    def ask(self, path: str) -> Any:
        answer = self.world.supervisor.session.post(path, {})
        if answer.status_code == 401:
            self.world.office.sign_in(self.world.supervisor)
            answer = self.world.supervisor.session.post(path, {})
        assert answer.status_code < 500, answer.text
        return answer

    def standing(self, kind: str) -> list[dict[str, Any]]:
        bodies = Stored.read(self.world.office.organisation).bodies.values()
        over = ("finished", "cancelled")
        return sorted(
            (b for b in bodies if b["kind"] == kind and b["fields"].get("status") not in over),
            key=lambda body: str(body["id"]),
        )

    def day(self, ahead: int | None) -> str | None:
        if ahead is None:
            return None
        today = datetime.fromtimestamp(self.world.clock.now_ms / 1000, UTC).date()
        return (today + timedelta(days=ahead)).isoformat()
