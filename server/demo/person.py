"""Who a patient is: name, sex, age and language, drawn so that the caseload looks like a city's."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from server.demo.story import NAMES, STORIES, Story

LANGUAGES = (("en", 57), ("es", 31), ("zh", 4), ("vi", 2), ("ru", 2), ("ar", 2), ("ht", 2))
"""The languages of the caseload, each with its share in a hundred."""


@dataclass(frozen=True, slots=True)
class Person:
    given: str
    family: str
    gender: str
    language: str
    age: int
    story: Story

    @property
    def title(self) -> str:
        return "Mr." if self.gender == "male" else "Ms."

    @property
    def called(self) -> str:
        """How a note in English speaks of them."""
        return f"{self.title} {self.family.split()[0]}"

    @property
    def spoken(self) -> str:
        """The language, of those we write in, in which they are written to."""
        return "es" if self.language == "es" else "en"

    def words(self) -> dict[str, str]:
        """What the stories' sentences are filled with."""
        she, her, hers = ("he", "him", "his") if self.gender == "male" else ("she", "her", "her")
        return {
            "Name": self.called,
            "They": she.title(),
            "they": she,
            "they_en": she,
            "them": her,
            "self": "himself" if self.gender == "male" else "herself",
            "Their": hers.title(),
            "their": hers,
        }


def draw_person(random: Random, number: int) -> Person:
    """The person of that number. One in forty has a very long name."""
    story = random.choices(STORIES, [each.weight for each in STORIES])[0]
    age = random.randint(*story.ages)
    if number % 40 == 0:
        long = NAMES["long"][number // 40 % len(NAMES["long"])]
        return Person(long["given"], long["family"], long["gender"], long["language"], age, story)
    tags, shares = zip(*LANGUAGES, strict=True)
    language = random.choices(tags, shares)[0]
    names = NAMES[language]
    gender = random.choices(("female", "male"), (58, 42))[0]
    given, family = random.choice(names[gender]), random.choice(names["family"])
    return Person(given, family, gender, language, age, story)
