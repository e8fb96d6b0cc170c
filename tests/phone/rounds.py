"""A whole sync of a phone (pwa/src/sync/round.ts): round trips until nothing is left to send and
nothing more to come. It may be cut off at any line; the next one goes on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tests.phone.enrolling import enrol_anew, take_up_again
from tests.phone.following import follow, offer_again
from tests.phone.http import Unanswered
from tests.phone.journal import MOST_CHANGES
from tests.phone.phone import Phone

LIMIT = 500
MOST_TRIPS = 1_000
"""A phone that goes round for longer would go round for ever."""


class Outcome(StrEnum):
    DONE = "done"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    OUTDATED = "outdated"
    REFUSED = "refused"
    WIPED = "wiped"


def exchange(phone: Phone, limit: int = LIMIT) -> Outcome:
    """Sync until all is sent and all has come, following a restored server where there is one."""
    try:
        return _Round(phone, limit).go()
    except Unanswered:
        return Outcome.OFFLINE


class _Round:
    def __init__(self, phone: Phone, limit: int) -> None:
        self.phone = phone
        self.limit = limit
        self.most = MOST_CHANGES
        self.has_mended = False

    def go(self) -> Outcome:
        phone = self.phone
        for _ in range(MOST_TRIPS):
            if phone.is_wiped:
                return Outcome.WIPED
            if phone.restored is not None and (failed := self.heed(follow(phone))):
                return failed
            if phone.restored is None and (failed := self.heed(offer_again(phone))):
                return failed
            answer = self.send()
            if isinstance(answer, Outcome):
                return answer
            if answer is not None and self.is_over(answer):
                return Outcome.DONE
        raise AssertionError("a phone goes round for ever")

    def is_over(self, answer: dict[str, Any]) -> bool:
        if "restored" in answer or answer["more"]:
            return False
        answered = answer["accepted"] or answer["refused"]
        return not (self.phone.outbox and answered)

    def send(self) -> dict[str, Any] | Outcome | None:
        """One round trip; its answer, why there is none, or None where it is to be tried again."""
        phone = self.phone
        changes: dict[str, Any] = {"status": self.status(), "protocol": 1, "limit": self.limit}
        if phone.restored is not None:  # its work goes by taking back until it has followed
            changes |= {"changes": [], "made": phone.cursor}
        elif self.most < MOST_CHANGES:
            changes["changes"] = phone.request()["changes"][: self.most]
        response = phone.send(phone.request(**changes))
        if response.status_code != 200:
            return self.mend(response)
        body = response.json
        if not isinstance(body, dict) or "epoch" not in body:
            return Outcome.OFFLINE  # a captive portal's page
        if "restored" in body:
            phone.stand_before(body["epoch"], **body["restored"])
            return body
        return phone.apply(body)

    def status(self) -> dict[str, Any]:
        outbox = self.phone.outbox
        oldest = {"oldest": min(each["at"] for each in outbox)} if outbox else {}
        return {"app": "1.0.0", "unsent": len(outbox)} | oldest

    def heed(self, response: Any) -> Outcome | None:
        """Why the phone cannot follow; None where it has, or is to be tried again."""
        if response is None:
            return None
        outcome = self.mend(response)
        return outcome if isinstance(outcome, Outcome) else None

    def mend(self, response: Any) -> Outcome | None:
        """None where the round can go on, else why it cannot."""
        phone, status = self.phone, response.status_code
        problem = response.json if isinstance(response.json, dict) else None
        if problem is None or status == 429 or status >= 500:
            return Outcome.OFFLINE
        if status == 413 and phone.outbox:
            return self.send_less()
        if problem.get("wipe"):
            return self.hand_in()
        if status == 401:
            return Outcome.SIGNED_OUT
        if status == 426:
            return Outcome.OUTDATED
        if self.has_mended:
            return Outcome.REFUSED
        self.has_mended = True
        code = problem.get("code")
        if code == "device_copied":
            phone.settle(problem)
            return None if enrol_anew(phone) else Outcome.REFUSED
        if code in ("unknown_device", "device_secret"):
            return None if take_up_again(phone) else Outcome.REFUSED
        return Outcome.REFUSED

    def send_less(self) -> None:
        if len(self.phone.outbox[: self.most]) == 1:
            too_large = {"n": self.phone.outbox[0]["n"], "code": "too_large"}
            self.phone.settle({"refused": [too_large]})
            self.phone.commit()
        self.most = max(1, len(self.phone.outbox[: self.most]) // 4)

    def hand_in(self) -> Outcome:
        """Revoked: what was not sent is handed in for a supervisor to review, in parts; then the
        phone erases itself and says so."""
        phone, left = self.phone, self.phone.outbox[self.most :]
        while left and phone.restored is None:
            part, left = left[: self.most], left[self.most :]
            phone.send(phone.request(changes=part))
        device = phone.device
        phone.erase()
        phone.session.post(f"/api/devices/{device}/erased", {})
        return Outcome.WIPED
