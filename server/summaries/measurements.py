"""What was measured at a visit, as a patient's paper tells it."""

from collections.abc import Iterator

from server.summaries.chart import Chart, Record
from server.summaries.paper import Measurement
from server.summaries.words import Words

UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "{score}": "",
    "1": "",
}
"""UCUM's codes as people write them; any other stands as it is."""


def measurements(chart: Chart, visit: Record, words: Words) -> Iterator[Measurement]:
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
            yield Measurement(label, value, unit_of(shown.get("unit")))


def unit_of(unit: str | None) -> str:
    return UNITS.get(unit or "", unit or "")
