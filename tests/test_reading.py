"""Keys and explanations: every word that is marked has a meaning, every kind of chart is told."""

import re

import pytest

from kpi import block, glossary, reading


def test_every_word_that_is_explained_is_in_the_glossary():
    assert set(reading.WORDS.values()) <= set(reading.MEANINGS)


@pytest.mark.parametrize("kind", reading.CHARTS)
def test_every_kind_of_chart_is_told_in_sentences(kind):
    told = reading.how(kind, "here")
    assert told.count("<li>") == len(reading.CHARTS[kind])
    assert all(sentence.endswith(".") for sentence in reading.CHARTS[kind])


def test_a_word_opens_the_meaning_that_the_definitions_give():
    told = reading.term("tolerance", "Tolerance", "a")
    target = re.search('popovertarget="([^"]+)"', told)
    assert target and f'id="{target[1]}"' in told
    assert glossary.WORDS["Tolerance"] in told


def test_only_the_first_of_a_word_is_marked_and_the_rest_is_escaped():
    told = reading.explained("<b> Normal variation, and normal variation again", "x")
    assert told.count("kpi-term") == 1
    assert told.startswith("&lt;b&gt; ") and told.endswith(", and normal variation again")
    assert ">Normal variation</button>" in told, "as the text has it"


def test_two_places_have_two_names():
    texts = [reading.explained("within tolerance", place) for place in ("a", "b")]
    names = [re.findall(' id="([^"]+)"', text) for text in texts]
    assert names[0] != names[1]


def test_the_key_of_a_card_shows_every_light_with_its_meaning():
    key = reading.scorecard_key()
    for words in ("meets its target", "misses by more", "context, not judged", "newest", "target"):
        assert words in key
    names = re.findall(' id="([^"]+)"', key)
    assert len(names) == len(set(names)) == 4, "the wide key and the folded one"


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([None, None], []),
        (["c", None, "c"], ["c"]),
        (["x", "c"], ["c", "x"]),
        ([], []),
        (["unheard of"], []),
    ],
)
def test_letters_have_a_key(states, shown):
    assert re.findall("<b>(.*?)</b>", reading.letters(states)) == shown


def test_what_can_be_taken_away_from_a_chart_is_escaped():
    told = block.chart_acts("trend-a", 'Source: "A & B" <returns>')
    assert "&quot;A &amp; B&quot; &lt;returns&gt;" in told
    assert re.findall('data-kpi-picture="(.*?)"', told) == ["png", "svg"]
    assert 'data-kpi-anchor="trend-a"' in told
