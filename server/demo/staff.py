"""The eight people who work in the demo, in two teams."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATION = "Fairbrook Home Care (demo)"
RIVER, HILL = "River team", "Hill team"


@dataclass(frozen=True, slots=True)
class Colleague:
    key: str
    name: str
    role: str
    teams: tuple[str, ...]
    telephone: str
    languages: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.key}@fairbrook.example"


STAFF = (
    Colleague("rosa", "Rosa Delgado", "coordinator", (RIVER,), "413-555-0101", ("en", "es")),
    Colleague("amara", "Amara Okonjo", "coordinator", (RIVER,), "413-555-0102", ("en",)),
    Colleague("linh", "Linh Vu", "clinician", (RIVER,), "413-555-0103", ("en", "vi")),
    Colleague("dmitri", "Dmitri Halvorsen", "coordinator", (HILL,), "413-555-0104", ("en", "ru")),
    Colleague("keisha", "Keisha Bramble", "coordinator", (HILL,), "413-555-0105", ("en", "ht")),
    Colleague("paloma", "Paloma Iglesias", "clinician", (HILL,), "413-555-0106", ("en", "es")),
    Colleague("helen", "Helen Abbotsford", "supervisor", (RIVER, HILL), "413-555-0107", ("en",)),
    Colleague("tomas", "Tomás Iriarte", "administrator", (), "413-555-0108", ("en", "es")),
)
BY_KEY = {colleague.key: colleague for colleague in STAFF}
COORDINATORS = ("rosa", "dmitri", "amara", "keisha")
NURSE_OF = {"rosa": "linh", "amara": "linh", "dmitri": "paloma", "keisha": "paloma"}
SUPERVISOR = "helen"
