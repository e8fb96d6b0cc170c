"""From a chart to the paper that the patient takes home: what matters to them, in plain words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.summaries.chart import Chart, Record
from server.summaries.medications import medications
from server.summaries.paper import (
    Allergy,
    Appointment,
    Banner,
    Goal,
    Measurement,
    Moment,
    PatientPaper,
    Person,
    Step,
    Task,
)  # fmt: skip
from server.summaries.words import Words, wall_clock

MOST_GOALS, MOST_TASKS = 4, 5
"""On the paper; the rest are counted, so that the page says that there are more."""

NOT_WARNED_OF = ("resolved", "inactive")
NOT_TRUE = ("refuted", "entered-in-error")
OPEN_TASK = ("requested", "received", "accepted", "in-progress", "on-hold")
LIVE_GOAL = ("planned", "accepted", "active", "on-hold", None)
COMING = ("proposed", "pending", "booked", None)


def compose(
    chart: Chart, visit: Record, organisation: str, language: str, *, large: bool = False
) -> PatientPaper:
    """The paper of a finished visit. All that it says of time is told from the visit's end."""
    patient = next(chart.of("patient"))
    appointment = chart.get(visit.get("appointment"))
    zone = _zone(chart, appointment)
    words = Words(language, zone)
    start, end = _moment(visit.get("actual_start"), zone), _moment(visit.get("actual_end"), zone)
    at = end or start or datetime(1970, 1, 1, tzinfo=UTC)
    visitor = chart.get(visit.get("member"))
    names = tuple(_full_name(value) for value in patient.values("name"))
    day = words.full_day((start or at).date())
    goals, tasks = _goals(chart, visit, words, at), _tasks(chart, visit, words, at)
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
        measurements=tuple(_measurements(chart, visit, words)),
        goals=tuple(goals[:MOST_GOALS]),
        more_goals=max(0, len(goals) - MOST_GOALS),
        tasks=tuple(tasks[:MOST_TASKS]),
        more_tasks=max(0, len(tasks) - MOST_TASKS),
        next=_next(chart, words, at),
        contact=_person(contact, words),
    )


def _zone(chart: Chart, appointment: Record | None) -> str:
    """The zone of the visit's appointment, else of any, in which the paper tells the time."""
    for each in (appointment, *chart.of("appointment")):
        if each and each.get("start"):
            return str(each.get("start")["zone"])
    return "UTC"


def _moment(instant: str | None, zone: str) -> datetime | None:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)) if instant else None


def _full_name(name: dict[str, str]) -> str:
    parts = (name.get("given"), name.get("family"), name.get("suffix"))
    return " ".join(part for part in parts if part)


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
        name = record.get("name")
        yield _full_name(name) if isinstance(name, dict) else name
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
        found.append(
            Allergy(
                allergy.values("substance"),
                ": ".join(part for part in (grave, reactions) if part),
                allergy.is_contested("substance", "verification_status"),
            )
        )
    if found:
        # What can be serious stands first.
        found.sort(key=lambda each: (not each.detail, each.substances))
        return Banner("listed", tuple(found))
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


def _measurements(chart: Chart, visit: Record, words: Words) -> Iterable[Measurement]:
    """What was measured at this visit, as corrected since."""
    for each in chart.of("observation"):
        if each.get("visit") != visit.id or each.get("status") == "entered-in-error":
            continue
        shown = dict(each.fields)
        for correction in each.list("corrections"):
            shown |= {name: value for name, value in correction.items() if value is not None}
        pressure = [shown.get(side) for side in ("systolic", "diastolic")]
        if any(side is not None for side in pressure):
            told = ["?" if side is None else words.number(side) for side in pressure]
            value = " / ".join(told)
        elif shown.get("value") is not None:
            value = words.number(shown["value"])
        else:
            value = shown.get("value_text") or ""
        label = words.choice("observation", "code", shown["code"])
        if label == shown["code"] and shown.get("name"):
            label = shown["name"]
        if value:
            yield Measurement(label, value, _unit(shown.get("unit")))


def _unit(unit: str | None) -> str:
    return {"mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "[lb_av]": "lb", "/min": "/min",
            "{score}": "", "1": ""}.get(unit or "", unit or "")  # fmt: skip


def _goals(chart: Chart, visit: Record, words: Words, at: datetime) -> list[Goal]:
    """Those talked about at the visit first, then the rest in order of their priority."""
    by_goal: dict[str, list[Record]] = {}
    for progress in chart.of("goal_progress"):
        if progress.get("status") != "entered-in-error":
            by_goal.setdefault(progress.get("goal"), []).append(progress)
    ranks = {"high": 0, "medium": 1, None: 2, "low": 3}
    found = []
    for goal in chart.of("goal"):
        told = by_goal.get(goal.id, [])
        today = [each for each in told if each.get("visit") == visit.id]
        if goal.get("lifecycle_status") not in LIVE_GOAL and not today:
            continue
        if _is_confidential(chart, *goal.list("addresses"), *goal.list("barriers")):
            continue
        earlier = sorted(told, key=lambda each: datetime.fromisoformat(each.get("effective")))[-1:]
        achievement = tuple(
            words.choice("goal", "achievement_status", each)
            for each in goal.values("achievement_status")
        )
        lines = [_progress(each, words, not achievement) for each in today] or [
            f"{text} ({words.day(each.get('effective')[:10], at.date())})"
            for each in earlier
            if (text := _measured(each, words))
        ]
        contested = goal.is_contested("achievement_status", "lifecycle_status", "description")
        rank = (not today, ranks.get(goal.get("priority"), 2), goal.id)
        shown = Goal(goal.get("description"), achievement, tuple(filter(None, lines)), contested)
        found.append((rank, shown))
    return [goal for _, goal in sorted(found, key=lambda each: each[0])]


def _progress(progress: Record, words: Words, with_trend: bool) -> str:
    trend = progress.get("trend") if with_trend else None
    remarks = [each["text"] for each in progress.list("comment")]
    told = [
        words.choice("goal_progress", "trend", trend) if trend else "",
        _measured(progress, words),
        *remarks,
    ]
    return " · ".join(part for part in told if part)


def _measured(progress: Record, words: Words) -> str:
    value = progress.get("value")
    if value is None:
        return ""
    return f"{words.number(value)} {_unit(progress.get('unit'))}".strip()


def _is_confidential(chart: Chart, *ids: str | None) -> bool:
    """Whether any of these is a need that must not be spoken of at home: the paper lies on a
    table."""
    found = (chart.get(id_) for id_ in ids)
    return any(each and each.kind == "need" and each.get("confidential") for each in found)


def _tasks(chart: Chart, visit: Record, words: Words, at: datetime) -> list[Task]:
    """Done at this visit, then open ones by the day they are due; those of a confidential need
    not."""
    done, open_ = [], []
    for task in chart.of("task"):
        if _is_confidential(chart, task.get("based_on"), *task.list("blocked_by")):
            continue
        if task.id in visit.list("tasks_done"):
            done.append(Task(task.get("description"), words.say("task_done")))
        elif task.get("status") in OPEN_TASK:
            owner = chart.get(task.get("owner"))
            name = owner.get("name") if owner else ""
            due = (
                words.say("task_due", day=words.day(task.get("due"), at.date()))
                if task.get("due")
                else ""
            )
            who = _full_name(name) if isinstance(name, dict) else name
            shown = Task(task.get("description"), ", ".join(filter(None, (who, due))))
            open_.append(((task.get("due") or "9999", task.id), shown))
    return done + [task for _, task in sorted(open_, key=lambda each: each[0])]


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
