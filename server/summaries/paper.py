"""What a patient's summary says, in the reader's language and ready to be set: no record, no code
and no date in it, only text. Equal papers make equal PDFs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    day: str
    time: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    substances: tuple[str, ...]
    detail: str
    contested: bool


@dataclass(frozen=True, slots=True)
class Banner:
    """`state` is listed, none (the patient says so) or unknown."""

    state: str
    allergies: tuple[Allergy, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Medication:
    """Where a field is contested it holds every value, the standing one first."""

    names: tuple[str, ...]
    doses: tuple[str, ...]
    directions: tuple[tuple[str, ...], ...]
    statuses: tuple[str, ...]
    seen: str
    note: str
    contested: bool


@dataclass(frozen=True, slots=True)
class Measurement:
    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Goal:
    description: str
    achievement: tuple[str, ...]
    progress: tuple[str, ...]
    contested: bool


@dataclass(frozen=True, slots=True)
class Task:
    description: str
    detail: str


@dataclass(frozen=True, slots=True)
class Appointment:
    moments: tuple[Moment, ...]
    what: str
    where: tuple[str, ...]
    prep: str
    contested: bool


@dataclass(frozen=True, slots=True)
class PatientPaper:
    """One page, mostly. `large` is large print."""

    language: str
    direction: str
    size: str
    large: bool
    title: str
    finished: str
    organisation: str
    names: tuple[str, ...]
    name_language: str
    when: Moment
    visitor: Person | None
    present: str
    banner: Banner
    talked_about: tuple[str, ...]
    talked_about_contested: bool
    steps: tuple[Step, ...]
    medications: tuple[Medication, ...]
    measurements: tuple[Measurement, ...]
    goals: tuple[Goal, ...]
    more_goals: int
    tasks: tuple[Task, ...]
    more_tasks: int
    next: Appointment | None
    contact: Person | None
