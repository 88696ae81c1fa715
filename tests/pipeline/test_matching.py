"""Which recording a song is: sure only where it cannot be another."""

from pipeline import matching
from pipeline.matching import Known
from pipeline.sources.facts import Fact
from pipeline.tables import TrackKind

LAMP = Fact("musicbrainz", "Blue Lamp", "Maria Stern", "Lamps", 1999, 200.0, mbid="1", cover_url="one")
SOLD = Fact(
    "itunes", "Blue Lamp (feat. Tom)", "Maria Stern", "Lamps", 2001, 201.0, explicit=True, cover_url="two"
)
OTHERS = Fact("itunes", "Blue Lamp", "The Tinkers", "Tin", 1985, 240.0)


def test_two_services_that_agree() -> None:
    found = matching.matches(Known("blue lamp", "maria stern", 200.4), [LAMP, SOLD, OTHERS])
    it = matching.sure(found)
    assert it is not None
    assert (it.fact.title, it.fact.artist, it.fact.year, it.fact.mbid) == (
        "Blue Lamp",
        "Maria Stern",
        1999,
        "1",
    )
    assert it.fact.explicit is True
    assert it.fact.cover_url == "one"


def test_a_title_alone_is_sure_when_the_length_fits_nobody_else() -> None:
    assert matching.sure(matching.matches(Known("Blue Lamp", "", 200.0), [LAMP, SOLD, OTHERS])) is not None
    unsure = matching.matches(Known("Blue Lamp", "", 220.0), [LAMP, SOLD, OTHERS])
    assert matching.sure(unsure) is None
    assert next(match.fact.artist for match in matching.worth_asking(unsure)) == "Maria Stern"


def test_two_songs_of_one_name_are_asked_about() -> None:
    found = matching.matches(
        Known("Blue Lamp", "", 200.0), [LAMP, Fact("itunes", "Blue Lamp", "The Tinkers", seconds=200.0)]
    )
    assert matching.sure(found) is None
    assert len(matching.worth_asking(found)) == 2


def test_the_artist_may_stand_on_either_side_of_the_dash() -> None:
    known = Known("Maria Stern", "Blue Lamp", 200.0, either_side=True)
    assert matching.sure(matching.matches(known, [LAMP, OTHERS])) is not None
    assert matching.sure(matching.matches(Known("Maria Stern", "Blue Lamp", 200.0), [LAMP, OTHERS])) is None


def test_another_song_is_never_it() -> None:
    for known in (
        Known("Red Lamp", "Maria Stern", 200.0),
        Known("Blue Lamp", "The Tinkers", 200.0),
        Known("Daisy Bell", "Harry Dacre", 200.0),
    ):
        assert matching.sure(matching.matches(known, [LAMP, SOLD])) is None


def test_nobody_is_asked_about_something_quite_different() -> None:
    found = matching.matches(Known("Daisy Bell", "Harry Dacre", 200.0), [LAMP, SOLD, OTHERS])
    assert matching.worth_asking(found) == []


def test_another_pressing_has_another_length() -> None:
    assert (
        matching.sure(matching.matches(Known("Blue Lamp", "Maria Stern", 260.0), [LAMP, OTHERS])) is not None
    )
    assert matching.sure(matching.matches(Known("Blue Lamps", "Maria Stern", 260.0), [LAMP, OTHERS])) is None


def test_a_concert_is_not_the_record() -> None:
    live = Fact("musicbrainz", "Blue Lamp (Live at the Mill)", "Maria Stern", seconds=200.0)
    as_record = matching.matches(Known("Blue Lamp", "Maria Stern", 200.0), [live])
    as_concert = matching.matches(Known("Blue Lamp", "Maria Stern", None, TrackKind.LIVE), [live])
    assert as_record[0].score < as_concert[0].score + 0.05
    assert as_concert[0].fact.title == "Blue Lamp"


def test_no_facts_no_match() -> None:
    assert matching.matches(Known("Blue Lamp", "", 1.0), []) == []
    assert matching.sure([]) is None
