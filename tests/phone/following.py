"""A phone follows a restored server (sync/README.md, "A restored server"): it brings back what the
backup lacked, offers what it holds for salvage, and pulls from nothing.

    offer every change of 30 days and the outbox ──> salvage ──> pull from nothing ──> followed

Each step is durable, and costs nothing when it is taken again after a lost answer or a power cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.phone.enrolling import enrol_anew, renumber
from tests.phone.journal import MOST_CHANGES, Change, Dot, Entry
from tests.phone.phone import Phone, new_id

ALL_AT_ONCE = MOST_CHANGES
NOTHING: dict[str, list[Any]] = {"accepted": [], "refused": [], "waiting": []}


def follow(phone: Phone, most: int = ALL_AT_ONCE) -> Any:
    """Offer what is to be offered. None when the server has answered all of it, and the pull from
    nothing is next; else the answer that says why not."""
    restored = phone.restored
    assert restored is not None
    problem = _offer(phone, phone.earlier_devices(), restored.epoch, most)
    if problem is not None or restored.is_offered:
        return problem
    assert phone.lost_head is not None
    lost = [r for r in phone.held.values() if phone.lost_head < r["version"] < restored.start]
    for first in range(0, len(lost), most):
        body = {"device": phone.device, "epoch": restored.epoch}
        response = phone.session.post(
            "/api/salvage", body | {"records": lost[first : first + most]}
        )
        if response.status_code != 204:
            return _heard(phone, response)
    phone.restored = replace(restored, is_offered=True)
    phone.epoch, phone.cursor = restored.epoch, None
    phone.commit()
    return None


def offer_again(phone: Phone, most: int = ALL_AT_ONCE) -> Any:
    """Offer what the server kept waiting: it may have become possible, or refused for good. While
    anything waits, what is written after it goes the same way, since it may stand upon it."""
    waiting = [entry for entry in phone.journal.values() if entry.state == "waiting"]
    if not waiting or phone.epoch is None:
        return None
    return _offer(phone, phone.earlier_devices(), phone.epoch, most)


def _offer(phone: Phone, devices: Sequence[str], epoch: str, most: int) -> Any:
    revoked = None
    for of in devices:
        to_offer = _unanswered(phone, of)
        for first in range(0, len(to_offer), most):
            part = [to_offer[n] for n in sorted(to_offer)[first : first + most]]
            if of == phone.device:
                phone.make_final([each for each in part if "seqs" not in each])
            body = {
                "protocol": 1,
                "device": phone.device,
                "of": of,
                "now": phone.now(),
                "epoch": epoch,
                "changes": part,
            }
            response = phone.session.post("/api/take-back", body)
            if response.status_code == 200:
                _settle(phone, of, response.json)
            elif (response.json or {}).get("wipe"):
                revoked = response  # each part is kept for a supervisor to review
            elif _is_anothers(response):
                _settle(phone, of, NOTHING | response.json)
                unanswered = _of_journal(phone, of)
                if of != phone.device:
                    renumber(phone, unanswered, new_id())
                    phone.commit()
                elif not enrol_anew(phone, unanswered):
                    return response
                return _offer(phone, phone.earlier_devices(), epoch, most)
            else:
                return _heard(phone, response)
    return revoked


def _is_anothers(response: Any) -> bool:
    """What the server has under these numbers is another's, as of a copy of this phone."""
    return (response.json or {}).get("code") in ("device_copied", "forbidden")


def _unanswered(phone: Phone, of: str) -> dict[int, Change]:
    """What this history has not answered for good of the changes made on a device, by n."""
    changes = {entry.change["n"]: entry.to_take_back() for entry in _of_journal(phone, of)}
    if of == phone.device:
        changes |= {change["n"]: change for change in phone.outbox}
    return changes


def _of_journal(phone: Phone, of: str) -> list[Entry]:
    restored = phone.restored
    start = 0 if restored is None or restored.is_offered else restored.start
    return [
        entry
        for entry in phone.journal.values()
        if entry.device == of and (entry.state == "waiting" or entry.seqs[-1] < start)
    ]


def _settle(phone: Phone, of: str, answer: Mapping[str, Any]) -> None:
    pending = {change["n"]: change for change in phone.outbox} if of == phone.device else {}
    for accepted in answer["accepted"]:
        dot = (of, accepted["n"])
        if entry := phone.journal.get(dot):
            seqs = entry.seqs if accepted["seq"] in entry.seqs else (*entry.seqs, accepted["seq"])
            corrected = accepted.get("at", entry.corrected)
            phone.journal[dot] = replace(entry, seqs=seqs, corrected=corrected)
            if entry.unshown:
                del phone.journal[dot]
            elif entry.state == "waiting":
                phone.journal[dot] = replace(phone.journal[dot], state="laid")
    for refusal in answer["refused"]:
        if entry := phone.journal.pop((of, refusal["n"]), None):
            phone.refused.append(refusal)
            phone.not_accepted[entry.dot] = None if entry.unshown else entry.change
    for n in answer["waiting"]:
        _keep_waiting(phone, (of, n), pending.get(n))
    if of == phone.device:
        phone.settle(answer)
    phone.commit()


def _keep_waiting(phone: Phone, dot: Dot, change: Change | None) -> None:
    if entry := phone.journal.get(dot):
        phone.journal[dot] = replace(entry, state="waiting")
    elif change is not None:
        unshown = change["n"] in phone.unshown
        waiting = Entry(phone.device, change, "waiting", phone.now(), unshown=unshown)
        phone.journal[dot] = waiting
        phone.outbox.remove(change)


def _heard(phone: Phone, response: Any) -> Any:
    """Another restore came in between: the phone asks once more what it has lost."""
    problem = response.json
    if response.status_code == 409 and problem and problem.get("code") == "another_epoch":
        phone.restored = None
        phone.commit()
        return None
    return response
