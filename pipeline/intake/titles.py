"""From messy titles to title, artist and version, and how alike two of them are. Pure rules over text.

"03 - Artist - Song (Official Video) [HD]" is Song by Artist; "Song (Karaoke Version) [in the style of Artist]" is its
karaoke video. What is advertising goes; what says which version it is becomes the label; the rest stays as it is.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.tables import TrackKind
from pipeline.words import clean

MAX_TEXT = 300
_EDGES = " -–—|/,:"

_OPEN, _CLOSE = "([{（［｛【〔〖「『〈《｢", ")]}）］｝】〕〗」』〉》｣"
_NOT_WORDS = _EDGES + _OPEN + _CLOSE + "\"“”„«»‘’'"
_GROUP = re.compile(rf"[{re.escape(_OPEN)}]([^{re.escape(_OPEN + _CLOSE)}]*)[{re.escape(_CLOSE)}]")
_DASH = re.compile(r"\s+[-‐‑‒–—―−－~]+\s+")
# Half a dash: "Artist- Song". Only where there is no whole one.
_LOOSE_DASH = re.compile(r"\s+[-‒–—―−－]+(?=\S)|(?<=\S)[-‒–—―−－]+\s+")
_BAR = re.compile(r"\s*[|｜¦]\s*|\s+//\s+|\s+[•·]\s+")
_QUOTED = re.compile(
    r"^(?P<artist>[^\"“”„«»「『]+?)\s*(?:[:,]?\s+[\"“”„«]|\s*[「『])(?P<title>[^\"“”„«»」』]+)[\"“”»」』]$"
)
_IN_QUOTES = re.compile(r"^[\"“”„«「『‘'](?P<title>[^\"“”„«»「」『』]+)[\"“”»」』’']$")
_YOUTUBE_ID = re.compile(r"[\w-]{11}")
# "01 Title", "1. Title", "03 - Title", "1-03 Title", but not "99 Luftballons". A karaoke disc: "SC8125-03 - Title".
_TRACK_NUMBER = re.compile(
    r"^(?:[A-Z]{2,8}\d{2,5}-\d{1,3}\s+(?:[-–]\s+)?|\d{1,2}-\d{2}\s+|\d{1,3}\s*[.)]\s+|\d{1,3}\s*[-–]\s+|0\d\s+)(?=\S)"
)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")

# Said about the picture, the sound or the channel, never about the song.
_NOISE = re.compile(
    r"\b(?:official|officiel(?:le)?|oficial|offizielle[srn]?|ufficiale|lyrics?|letra|paroles|songtext|testo|"
    r"videos?|vídeo|videoclip|clip|audio|visuali[sz]er|m/?v|hd|hq|uhd|4k|8k|full hd|(?:480|720|1080|1440|2160)p|60\s?fps|"
    r"(?:un)?censored|explicit|clean|subtitulad[oa]|sub(?:s|titles|títulos)?|vevo|"
    r"free download|out now|new (?:song|single|video)|with words|color coded)\b|"
    r"(?:официальн|клип|текст песни|歌詞|歌词|公式|官方|가사|ミュージックビデオ|뮤직비디오)",
    re.IGNORECASE,
)
_KARAOKE = re.compile(r"\b(?:karaok[eé]|sing[- ]?along)\b|караоке|カラオケ|노래방|卡拉ok", re.IGNORECASE)
_INSTRUMENTAL = re.compile(
    r"\b(?:instrumental|backing track|off vocal|minus one|no vocals?|without vocals?)\b|минус|伴奏",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"\b(?:live (?:at|in|from|on|version|session|performance|video)|unplugged|en vivo|in concert)\b|^live$",
    re.IGNORECASE,
)
# Inside brackets it says so with fewer words: “(Live 1985)”, “(Acoustic Live)”.
_LIVE_IN_BRACKETS = re.compile(r"^live\b|\blive$", re.IGNORECASE)
_OTHER_VERSION = re.compile(
    r"\b(?:acoustic|remix|demo|radio edit|edit|extended|remaster(?:ed)?|mono|stereo|version|versión|cover|session|mix|"
    r"piano|reprise|orchestral|sped up|slowed)\b",
    re.IGNORECASE,
)
# A piece after a dash that cannot be the title itself: “Hello - Official Video”, “Hello - Remastered 2011”.
_UNMISTAKABLE = re.compile(
    r"\bofficial\b|\b(?:music|lyrics?) (?:video|audio)\b|remaster|\b(?:karaoke|instrumental|acoustic|live|radio) "
    r"(?:version|edit|at|from|video)\b|^(?:hd|hq|4k)$",
    re.IGNORECASE,
)
_STYLE_OF = re.compile(
    r"\b(?:in the style of|as made famous by|made popular by|originally performed by|al estilo de)\s+(?P<artist>.+)$",
    re.IGNORECASE,
)
_FEATURING = re.compile(r"^(?:feat\.?|ft\.?|featuring)\s+(?P<guest>.+)$", re.IGNORECASE)
_FEATURING_AT_END = re.compile(r"\s+(?:feat\.?|ft\.|featuring)\s+(?P<guest>[^()\[\]]+)$", re.IGNORECASE)
_FEATURING_INSIDE = re.compile(r"(?<=\S)\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s+.*$", re.IGNORECASE)
# "SONG karaoke version", "Song official video HD", with nothing around them.
_TAIL = re.compile(
    r"(?<![-–—:])\s+(?P<tail>(?:(?:official|music|lyrics?|karaoke|instrumental|full|hd|hq|4k)\s+)*"
    r"(?:official (?:music )?(?:video|audio)|music video|lyrics? video|official|with lyrics|lyrics|hd|hq|4k|"
    r"karaoke(?: version| video| track)?|instrumental(?: version)?))$",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^(?:karaok[eé]|караоке)\s*[-–—:|]+\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What a text says a song is. Only the title is always there."""

    title: str
    artist: str = ""
    # The version in words: "live at the Apollo".
    label: str = ""
    kind: TrackKind = TrackKind.ORIGINAL

    def __str__(self) -> str:
        return f"{self.artist} - {self.title}" if self.artist else self.title


def of_file(name: str) -> Named:
    """As people name their files: `03 - Artist - Title (Official Video).mp3`."""
    last = re.split(r"[/\\]", name)[-1]
    stem = clean(_ENDING.sub("", last).replace("_", " "), MAX_TEXT)
    found = _TRACK_NUMBER.sub("", stem, count=1)
    # "Artist - 03 - Title"
    return parse(re.sub(r"(\s[-–—]\s)\d{1,3}\s[-–—]\s", r"\1", found, count=1) or stem)


def parse(text: str, channel: str = "", artist: str = "") -> Named:
    """A title as a channel or a tag writes it. A known artist is no part of it; a channel's name is a hint at one."""
    whole = clean(text, MAX_TEXT)
    owner, theirs, sure = (artist, True, True) if artist else _owner(clean(channel, MAX_TEXT))
    named = _settled(_Parts(whole, owner if sure else "").named())
    if not any(c.isalnum() for c in named.title):
        bare = " ".join("".join(" " if c in _OPEN + _CLOSE else c for c in whole).strip(_NOT_WORDS).split())
        named = replace(named, title=bare or whole or "Song", artist=owner if sure else "")
    if not sure and owner and similarity(named.title, owner) > 0.9 > similarity(named.artist, owner):
        # The channel shows on which side of the dash the artist stands.
        return replace(named, title=named.artist or named.title, artist=named.title)
    return replace(named, artist=owner) if theirs and not named.artist else named


def _settled(named: Named) -> Named:
    """What was taken off may lay bare more of the same."""
    again = _Parts(named.title, named.artist).named()
    while again.title != named.title and len(again.title) <= len(named.title):
        kind = again.kind if named.kind is TrackKind.ORIGINAL else named.kind
        label = ", ".join(filter(None, (named.label, again.label)))[:MAX_TEXT]
        named = replace(again, kind=kind, label=label.strip())
        again = _Parts(named.title, named.artist).named()
    return named


def _owner(channel: str) -> tuple[str, bool, bool]:
    """Whose channel it is, whether that is an artist, and whether its titles are titles and nothing else."""
    if topic := re.fullmatch(r"(.+?)\s+[-–]\s+Topic", channel):
        return topic[1], True, True
    if vevo := re.fullmatch(r"(.+?)\s?VEVO", channel, re.IGNORECASE):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", vevo[1]), True, False
    official = re.sub(r"\s+official(?:\s+channel)?$", "", channel, flags=re.IGNORECASE)
    return official, official != channel, False


class _Parts:
    """A text on its way to a name: each part that is taken off leaves what it said."""

    def __init__(self, text: str, artist: str) -> None:
        self._labels: list[str] = []
        self._guests: list[str] = []
        self._artist = artist
        self._kind = TrackKind.ORIGINAL
        self._pieces = [
            piece for piece in map(self._bare, self._split(self._bare(text))) if piece.strip(_NOT_WORDS)
        ]

    def named(self) -> Named:
        artist, title = self._two_sides()
        if not artist and (quoted := _QUOTED.match(title)):
            artist, title = quoted["artist"], quoted["title"]
        if alone := _IN_QUOTES.match(title):
            title = alone["title"]
        guest = _FEATURING_AT_END.search(title)
        if artist and guest and any(c.isalnum() for c in title[: guest.start()]):
            title = title[: guest.start()]
            self._guests.append(guest["guest"])
        guests = [
            guest.strip() for guest in self._guests if guest.strip().casefold() not in artist.casefold()
        ]
        if guests and artist:
            artist = f"{artist} feat. {', '.join(guests)}"
        elif guests:
            title = f"{title} (feat. {', '.join(guests)})"
        label = ", ".join(dict.fromkeys(filter(None, self._labels)))[:MAX_TEXT]
        return Named(title.strip(_EDGES), artist.strip(_EDGES), label, self._kind)

    def _two_sides(self) -> tuple[str, str]:
        """Artist and title: what stands before and after the first dash, unless the artist is known."""
        pieces = self._pieces
        needed = 1 if self._artist else 2
        if self._artist and len(pieces) > 1 and similarity(pieces[0], self._artist) > 0.9:
            pieces = pieces[1:]
        kept = [
            piece
            for place, piece in enumerate(pieces)
            if place == 0 or not ((place >= needed or _UNMISTAKABLE.search(piece)) and self._is_aside(piece))
        ]
        if self._artist or len(kept) < 2:
            return self._artist, " - ".join(kept)
        return kept[0], " - ".join(kept[1:])

    def _split(self, text: str) -> list[str]:
        pieces = [piece for part in _BAR.split(text) for piece in _DASH.split(part)]
        return pieces if len(pieces) > 1 or self._artist else _LOOSE_DASH.split(text, maxsplit=1)

    def _bare(self, text: str) -> str:
        """Without the groups in brackets that are asides, and without the words at its ends that are."""
        before = None
        while before != text:
            before = text
            text = _GROUP.sub(
                lambda group: " " if self._is_aside(group[1], bracketed=True) else group[0], text
            )
            text = " ".join(text.split())
            for pattern in (_TAIL, _HEAD):
                found = pattern.search(text)
                if found and len(found[0]) < len(text):
                    self._note_kind(found[0].strip())
                    text = (text[: found.start()] + text[found.end() :]).strip()
        return text

    def _is_aside(self, said: str, bracketed: bool = False) -> bool:
        """Whether a piece is no part of the title; what it says is noted."""
        said = said.strip()
        if bracketed and (not said or (_YOUTUBE_ID.fullmatch(said) and re.search(r"[\d_]|[a-z][A-Z]", said))):
            return True
        if guest := _FEATURING.match(said):
            self._guests.append(guest["guest"])
            return True
        if style := _STYLE_OF.search(said):
            self._artist = self._artist or style["artist"].strip(_EDGES)
            self._note_kind(said)
            return True
        if self._note_kind(said, bracketed):
            return True
        without = " ".join(_NOISE.sub("", said).split()).strip(_EDGES)
        if _OTHER_VERSION.search(without) and (bracketed or len(without.split()) <= 4):
            self._labels.append(without)
            return True
        return bool(_NOISE.search(said)) and (bracketed or without.casefold() in {"", "music", "full"})

    def _note_kind(self, said: str, bracketed: bool = False) -> bool:
        if _KARAOKE.search(said):
            self._kind = TrackKind.KARAOKE
        elif _INSTRUMENTAL.search(said):
            self._kind = TrackKind.INSTRUMENTAL if self._kind is TrackKind.ORIGINAL else self._kind
        elif _LIVE.search(said) or (bracketed and _LIVE_IN_BRACKETS.search(said)):
            self._kind = TrackKind.LIVE if self._kind is TrackKind.ORIGINAL else self._kind
            self._labels.append(said)
        else:
            return False
        return True


_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "&": " and "}
)


def normal(text: str) -> str:
    """What is compared: no accents, case, punctuation, article at the start, or guests."""
    text = _FEATURING_INSIDE.sub("", text).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"['’`´]", "", plain)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words) or " ".join(text.split())


def similarity(one: str, other: str) -> float:
    """0 to 1: letter by letter, or word by word where the order differs."""
    a, b = normal(one), normal(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    by_letter = SequenceMatcher(None, a, b, autojunk=False).ratio()
    by_word = SequenceMatcher(None, sorted(a.split()), sorted(b.split()), autojunk=False).ratio()
    return min(0.99, max(by_letter, by_word))
