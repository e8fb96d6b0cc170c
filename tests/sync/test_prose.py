# ruff: noqa: RUF001 - full stops that look like others are the point here
from __future__ import annotations

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from sync.prose import merge, sentences

from .prose_cases import CASES

STOPS = [".", "!", "?", "…", "؟", "।", "。", "！", "？", "...", "?!", "", "」", ")", '"']
SPACES = [" ", "  ", "\n", "\n\n", "", " \n ", "\t"]
PIECE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["a", "b b", "2.5", "c", ""]),
    *map(st.sampled_from, (STOPS, SPACES)),
)
TEXTS = st.lists(PIECE, max_size=6).map("".join)


def bare(text):
    return [piece.strip() for piece in sentences(text) if piece.strip()]


@pytest.mark.parametrize(
    ("base", "earlier", "later", "text", "clash"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_merge(base, earlier, later, text, clash):
    assert merge(base, earlier, later) == (text, clash)


@given(TEXTS | st.text())
def test_the_sentences_joined_are_the_text_byte_for_byte(text):
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("Eats.  Sleeps", ["Eats.  ", "Sleeps"]),
        ("  Eats. Sleeps.", ["  Eats. ", "Sleeps."]),
        ("one\n\ntwo\n", ["one\n\n", "two\n"]),
        ("2.5 mg of st.x now?! ok", ["2.5 mg of st.x now?! ", "ok"]),
        ("好。「停。」他…来", ["好。", "「停。」", "他…来"]),
        ("... and so on.", ["... ", "and so on."]),
        (".x", [".x"]),
    ],
)
def test_where_sentences_end(text, pieces):
    assert sentences(text) == pieces


def test_a_long_run_of_stops_is_split_in_time():
    text = "." * 19_999 + "x"
    assert sentences(text) == [text]


@given(TEXTS, TEXTS, TEXTS)
@example("", "。", "」")
@example("", "a)", "b")
def test_no_sentence_of_the_result_differs_from_every_sentence_that_someone_wrote(
    base, earlier, later
):
    written = {sentence for text in (base, earlier, later) for sentence in bare(text)}
    result = merge(base, earlier, later)
    event(f"clash: {result.clash}")
    assert set(bare(result.text)) <= written


@given(TEXTS, TEXTS)
def test_one_who_changed_nothing_leaves_the_other_as_it_is(base, text):
    assert merge(base, base, text) == (text, False)
    assert merge(base, text, base) == (text, False)
    assert merge(base, text, text) == (text, False)


@given(TEXTS, TEXTS, TEXTS)
def test_whether_they_clash_does_not_depend_on_who_came_first(base, one, other):
    assert merge(base, one, other).clash == merge(base, other, one).clash


def authored(draw, base, mark):
    """One author's text, made sentence by sentence, and what was done to each of the base's.

    Sentences are changed in place, removed, or followed by a new one; a run that could be read in
    two ways (a removal or a new sentence beside a change) is not made.
    """
    done = []
    for place in range(len(base)):
        ways = ["keep", "keep", "change", "remove", "add"]
        if done and done[-1] in ("change", "add"):
            ways = ["keep", "change"] if done[-1] == "change" else ["keep"]
        elif done and done[-1] == "remove":
            ways = ["keep", "remove"]
        done.append(draw(st.sampled_from(ways)))
        del place
    lines = []
    for sentence, way in zip(base, done, strict=True):
        lines += {
            "keep": [sentence],
            "change": [f"{sentence[:-1]} {mark}."],
            "remove": [],
            "add": [sentence, f"{mark} after {sentence}"],
        }[way]
    return done, " ".join(lines)


@given(st.data())
def test_each_edit_stands_and_a_clash_is_where_both_touched_one_sentence(data):
    """The expected text is built from what each author did, without any diff."""
    base = [f"Sentence {place}." for place in range(data.draw(st.integers(0, 7)))]
    one, first = authored(data.draw, base, "one")
    other, second = authored(data.draw, base, "two")
    expected, clash = [], False
    for sentence, mine, yours in zip(base, one, other, strict=True):
        touched = {"change", "remove"}
        if mine in touched and yours in touched:
            clash = clash or not mine == yours == "remove"
            expected += [
                f"{sentence[:-1]} {mark}."
                for way, mark in ((mine, "one"), (yours, "two"))
                if way == "change"
            ]
        elif mine in touched or yours in touched:
            mark = "one" if mine == "change" else "two"
            expected += [f"{sentence[:-1]} {mark}."] if "change" in (mine, yours) else []
        else:
            expected.append(sentence)
        expected += [f"one after {sentence}"] if mine == "add" else []
        expected += [f"two after {sentence}"] if yours == "add" else []
    result = merge(" ".join(base), first, second)
    event(f"clash: {clash}")
    assert bare(result.text) == expected
    assert result.clash == clash
