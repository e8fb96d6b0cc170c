"""What is being worked on, goals with their progress and tasks, as a patient's paper tells it."""

from datetime import datetime

from server.summaries.chart import Chart, Record, name_of
from server.summaries.measurements import unit_of
from server.summaries.paper import Goal, Task
from server.summaries.words import Words

OPEN_TASK = ("requested", "received", "accepted", "in-progress", "on-hold")
LIVE_GOAL = ("planned", "accepted", "active", "on-hold", None)


def goals(chart: Chart, visit: Record, words: Words, at: datetime) -> list[Goal]:
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
        earlier = [each for each in told if _taken_at(each) <= at]
        latest = sorted(earlier, key=_taken_at)[-1:]
        achievement = tuple(
            words.choice("goal", "achievement_status", each)
            for each in goal.values("achievement_status")
        )
        lines = [_progress(each, words, not achievement) for each in today] or [
            f"{text} ({words.day(each.get('effective')[:10], at.date())})"
            for each in latest
            if (text := _measured(each, words))
        ]
        contested = goal.is_contested("achievement_status", "lifecycle_status", "description")
        rank = (not today, ranks.get(goal.get("priority"), 2), goal.id)
        shown = Goal(goal.get("description"), achievement, tuple(filter(None, lines)), contested)
        found.append((rank, shown))
    return [goal for _, goal in sorted(found, key=lambda each: each[0])]


def _taken_at(progress: Record) -> datetime:
    return datetime.fromisoformat(progress.get("effective"))


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
    return f"{words.number(value)} {unit_of(progress.get('unit'))}".strip()


def _is_confidential(chart: Chart, *ids: str | None) -> bool:
    """Whether any of these is a need that must not be spoken of at home: the paper lies on a
    table."""
    found = (chart.get(id_) for id_ in ids)
    return any(each and each.kind == "need" and each.get("confidential") for each in found)


def tasks(chart: Chart, visit: Record, words: Words, at: datetime) -> list[Task]:
    """Done at this visit, then open ones by the day they are due; none of a confidential need."""
    done, open_ = [], []
    for task in chart.of("task"):
        if _is_confidential(chart, task.get("based_on"), *task.list("blocked_by")):
            continue
        if task.id in visit.list("tasks_done"):
            done.append(Task(task.get("description"), words.say("task_done")))
        elif task.get("status") in OPEN_TASK:
            due = task.get("due")
            by = words.say("task_due", day=words.day(due, at.date())) if due else ""
            who = name_of(chart.get(task.get("owner")))
            shown = Task(task.get("description"), ", ".join(filter(None, (who, by))))
            open_.append(((due or "9999", task.id), shown))
    return done + [task for _, task in sorted(open_, key=lambda each: each[0])]
