"""From a chart to the paper that the patient takes home: what matters to them, in plain words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.summaries.chart import Chart, Record, full_name, name_of
from server.summaries.measurements import measurements
from server.summaries.medications import medications
from server.summaries.paper import (
    Allergy,
    Appointment,
    Banner,
    Moment,
    PatientPaper,
    Person,
    Step,
)
from server.summaries.plan import goals, tasks
from server.summaries.words import Words, wall_clock

MOST_GOALS, MOST_TASKS = 4, 5
"""On the paper; the rest are counted, so that the page says that there are more."""

NOT_WARNED_OF = ("resolved", "inactive")
NOT_TRUE = ("refuted", "entered-in-error")
COMING = ("proposed", "pending", "booked", None)


def compose(
    chart: Chart, visit: Record, organisation: str, language: str, *, large: bool = False
) -> PatientPaper:
    """The paper of a finished visit. All that it says of time is told from the visit's end."""
    patient = next(chart.of("patient"))
    appointment = chart.get(visit.get("appointment"))
    zone = _zone(chart, appointment)
    words = Words(language, zone or "UTC")
    start, end = _moment(visit.get("actual_start"), zone), _moment(visit.get("actual_end"), zone)
    at = end or start or datetime(1970, 1, 1, tzinfo=UTC)
    visitor = chart.get(visit.get("member"))
    names = tuple(full_name(value) for value in patient.values("name"))
    day = words.full_day((start or at).date())
    aims, work = goals(chart, visit, words, at), tasks(chart, visit, words, at)
    contact = _contact(chart) or visitor
    return PatientPaper(
        language=language,
        direction=words.direction,
        size=words.paper,
        large=large,
        title=words.say("document_title", name=names[0], day=day),
        finished=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        organisation=organisation,
        names=names,
        name_language=patient.get("language") or "",
        when=Moment(day, words.span(start.time(), end.time() if end else None) if start else ""),
        visitor=_person(visitor, words),
        present=", ".join(_present(chart, visit)),
        banner=_banner(chart, patient, words),
        talked_about=_paragraphs(visit.get("plain_summary")) or _reasons(visit, words),
        talked_about_contested=visit.is_contested("plain_summary"),
        steps=tuple(_steps(visit, words, at)),
        medications=tuple(medications(chart, visit, words)),
        measurements=tuple(measurements(chart, visit, words)),
        goals=tuple(aims[:MOST_GOALS]),
        more_goals=max(0, len(aims) - MOST_GOALS),
        tasks=tuple(work[:MOST_TASKS]),
        more_tasks=max(0, len(work) - MOST_TASKS),
        next=_next(chart, words, at),
        contact=_person(contact, words),
    )


def _zone(chart: Chart, appointment: Record | None) -> str | None:
    """The zone of the visit's appointment, else of any, in which the paper tells the time."""
    for each in (appointment, *chart.of("appointment")):
        if each and each.get("start"):
            return str(each.get("start")["zone"])
    return None


def _moment(instant: str | None, zone: str | None) -> datetime | None:
    """The moment by the clocks of the zone; where none is known, by the phone that wrote it."""
    if not instant:
        return None
    written = datetime.fromisoformat(instant)
    return written.astimezone(ZoneInfo(zone)) if zone else written


def _person(member: Record | None, words: Words) -> Person | None:
    if member is None:
        return None
    role = member.get("role")
    return Person(
        member.get("name") or "",
        words.say(f"role_{role}") if role else "",
        member.get("telephone") or "",
    )


def _contact(chart: Chart) -> Record | None:
    """Who holds the chart; of several, whose assignment was written first."""
    for assignment in chart.of("assignment"):
        if assignment.get("status") == "active" and assignment.get("member"):
            return chart.get(assignment.get("member"))
    return None


def _present(chart: Chart, visit: Record) -> Iterable[str]:
    """Who else was there, beside the patient and the visitor."""
    for id_ in visit.list("present"):
        record = chart.get(id_)
        if record is None or record.kind == "patient" or id_ == visit.get("member"):
            continue
        yield name_of(record)
    if others := visit.get("others_present"):
        yield others


def _banner(chart: Chart, patient: Record, words: Words) -> Banner:
    """Every allergy that somebody counts as real; a doubt about one does not take it off the
    paper."""
    found = []
    for allergy in chart.of("allergy"):
        verified = allergy.values("verification_status")
        if allergy.get("clinical_status") in NOT_WARNED_OF or (
            verified and set(verified) <= set(NOT_TRUE)
        ):
            continue
        reactions = ", ".join(each["manifestation"] for each in allergy.list("reactions"))
        grave = words.say("allergy_high") if allergy.get("criticality") == "high" else ""
        shown = Allergy(
            allergy.values("substance"),
            ": ".join(part for part in (grave, reactions) if part),
            allergy.is_contested("substance", "verification_status"),
        )
        found.append(((not grave, shown.substances), shown))
    if found:
        # What can be serious stands first.
        return Banner("listed", tuple(each for _, each in sorted(found, key=lambda each: each[0])))
    return Banner("none" if patient.get("no_known_allergies") == "stated" else "unknown")


def _paragraphs(prose: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (prose or "").splitlines() if line.strip())


def _reasons(visit: Record, words: Words) -> tuple[str, ...]:
    """Why we came, where nobody wrote what was talked about."""
    reasons = [words.choice("visit", "reason", each) for each in visit.list("reason")]
    return (words.say("came_for", reasons=", ".join(reasons)),) if reasons else ()


def _steps(visit: Record, words: Words, at: datetime) -> Iterable[Step]:
    for each in visit.list("next_steps"):
        when = words.day(each["when"], at.date(), weekday=True) if each.get("when") else ""
        yield Step(each["step"], each.get("who") or "", when)


def _next(chart: Chart, words: Words, at: datetime) -> Appointment | None:
    """The first appointment after the visit that nobody has called off for good."""
    coming = []
    for each in chart.of("appointment"):
        starts = sorted(each.values("start"), key=wall_clock)
        later = [start for start in starts if wall_clock(start) > at]
        if later and set(each.values("status") or (None,)) & set(COMING):
            coming.append((wall_clock(later[0]), each.id, each, later))
    if not coming:
        return None
    _, _, first, starts = min(coming, key=lambda each: each[:2])
    end = first.get("end") if len(starts) == 1 else None
    moments = []
    for start in starts:
        local = datetime.fromisoformat(start["local"])
        until = datetime.fromisoformat(end["local"]).time() if end else None
        moments.append(Moment(words.full_day(local.date()), words.span(local.time(), until)))
    what = words.choice("appointment", "type", first.get("type"))
    who = chart.get(first.get("member"))
    name = who.get("name") if who else first.get("provider")
    return Appointment(
        tuple(moments),
        words.say("with", what=what, name=name) if name else what,
        first.values("location"),
        first.get("prep") or "",
        first.is_contested("start", "end", "location", "status"),
    )
