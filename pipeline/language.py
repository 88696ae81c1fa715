"""Which language a text is in: by its script, else by the little words that every sentence has. Empty when unsure."""

import re
from collections import Counter
from collections.abc import Iterable

# In this order: Japanese has Chinese letters too, Ukrainian has Russian ones.
_SCRIPTS = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\u1100-\u11ff\uac00-\ud7af"),
    ("zh", "\u3400-\u9fff"),
    ("th", "\u0e00-\u0e7f"),
    ("hi", "\u0900-\u097f"),
    ("he", "\u0590-\u05ff"),
    ("fa", "پچژگ"),
    ("ar", "\u0600-\u06ff"),
    ("el", "\u0370-\u03ff"),
    ("uk", "їєґ"),
    ("ru", "\u0400-\u04ff"),
)
# A script decides when so much of the text is written in it; these few letters when they are there at all.
_ENOUGH = 0.1
_TELLING = {"fa": 0.005, "uk": 0.005}

_LITTLE_WORDS = {
    "en": "the and you to i'm me my it's of that don't i'll with your this be what for was is are oh when all",
    "de": "und ich du nicht die der das ist ein mir mich dir dich wir es auf mit wie nur so zu den wenn ja wenn für",
    "fr": "je et les des que pas est dans tu moi toi le la un une c'est j'ai mon ma mes pour qui sur avec ne",
    "es": "que y el los no tu mi yo se por con una un para te es como lo las más pero si cuando amor eres estoy",
    "pt": "que eu não você de e o um uma com meu minha pra por te se mais quando amor é tudo vou ao seu",
    "it": "che non di il e mi ti la un una per con sono io tu è come più se ma questo amore lo gli nel della",
    "nl": "ik je en het niet een de van dat is wat mijn jij maar met voor als naar zo er ben wij nooit",
    "sv": "jag och du att det är inte en som på mig dig för med har vi kan så när den vill av ett",
    "da": "jeg og du at det er ikke en som på mig dig for med har vi kan så når den vil af et der hvad",
    "no": "jeg og du at det er ikke en som på meg deg for med har vi kan så når den vil av et hva",
    "fi": "ja on en minä sinä että se ei kun mun sun oon niin mä sä kuin vaan nyt jos olen mua",
    "pl": "i nie się w na że jest to mnie ja ty co jak mi do już tak ciebie z dla gdy czy",
    "tr": "bir ve bu ben sen beni seni ne için gibi de da çok yok var mi o her aşk benim senin",
}
_SETS = {name: frozenset(words.split()) for name, words in _LITTLE_WORDS.items()}


def guess(lines: Iterable[str]) -> str:
    """“en”, “de” …"""
    text = "\n".join(lines).casefold().replace("’", "'")
    letters = len(re.findall(r"[^\W\d_]", text))
    for name, script in _SCRIPTS:
        if letters and len(re.findall(f"[{script}]", text)) > _TELLING.get(name, _ENOUGH) * letters:
            return name
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    counted = Counter(words)
    # Each word counts once for each two times it comes: a chorus of “la la la” is no Italian.
    weight = {word: min(times, 3) for word, times in counted.items()}
    scores = {name: sum(weight.get(word, 0) for word in known) for name, known in _SETS.items()}
    (best, most), (_, second) = sorted(scores.items(), key=lambda each: -each[1])[:2]
    whole = sum(weight.values())
    return best if whole and most > 0.08 * whole and most > 1.15 * second else ""
