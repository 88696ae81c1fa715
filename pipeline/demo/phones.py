"""The sounds the demo singer knows, in ARPAbet, each with what throat and mouth do for it.

Formants are a grown man's, in Hz; a singer scales them. They are the textbook averages for English, a little rounder,
as singers make them.
"""

from dataclasses import dataclass

Formants = tuple[float, float, float]


@dataclass(frozen=True)
class Gesture:
    """One steady posture: where the resonances lie and what makes the sound."""

    formants: Formants | None  # None: those of the sound that follows, as for H
    seconds: float = 0.0  # how long a consonant lasts; vowels fill what is left
    voice: float = 0.0
    breath: float = 0.0
    noise: float = 0.0
    colour: str = "s"  # of the noise: a key of NOISES
    nasal: bool = False


@dataclass(frozen=True)
class Noise:
    """Colour of a hiss or a burst: centre and width in Hz, and what sounds far away from the centre."""

    centre: float
    width: float
    floor: float


NOISES = {
    "s": Noise(7200.0, 1900.0, 0.02),
    "sh": Noise(3600.0, 1300.0, 0.06),
    "f": Noise(6500.0, 5500.0, 0.25),
    "p": Noise(900.0, 900.0, 0.05),
    "t": Noise(4600.0, 2200.0, 0.12),
    "k": Noise(1800.0, 700.0, 0.06),
}


def _vowel(*formants: Formants) -> tuple[Gesture, ...]:
    return tuple(Gesture(each, voice=1.0, breath=1.0) for each in formants)


def _voiced(formants: Formants, seconds: float, voice: float, nasal: bool = False) -> tuple[Gesture, ...]:
    return (Gesture(formants, seconds, voice, breath=0.6, nasal=nasal),)


def _hiss(
    formants: Formants, seconds: float, noise: float, colour: str, voice: float = 0.0
) -> tuple[Gesture, ...]:
    return (Gesture(formants, seconds, voice, noise=noise, colour=colour),)


def _stop(place: Formants, colour: str, burst: float, aspiration: float) -> tuple[Gesture, ...]:
    """A voiceless stop: silence, burst, a puff of breath. Without aspiration it is the voiced one, humming."""
    if aspiration:
        return (
            Gesture(place, 0.060),
            Gesture(place, 0.022, noise=burst, colour=colour),
            Gesture(None, aspiration, breath=2.5),
        )
    return (Gesture(place, 0.050, voice=0.20), Gesture(place, 0.016, 0.3, noise=burst, colour=colour))


LIPS, RIDGE, PALATE = (290.0, 850.0, 2200.0), (300.0, 1750.0, 2650.0), (300.0, 1950.0, 2350.0)

# A second posture is where a diphthong ends.
VOWELS = {
    "IY": _vowel((300, 2200, 2900)),
    "IH": _vowel((410, 1900, 2550)),
    "EH": _vowel((560, 1750, 2500)),
    "AE": _vowel((690, 1620, 2470)),
    "AA": _vowel((730, 1120, 2480)),
    "AO": _vowel((590, 880, 2450)),
    "UH": _vowel((450, 1050, 2300)),
    "UW": _vowel((330, 920, 2250)),
    "AH": _vowel((640, 1200, 2450)),
    "AX": _vowel((520, 1350, 2450)),
    "ER": _vowel((490, 1330, 1720)),
    "EY": _vowel((500, 1880, 2560), (340, 2150, 2800)),
    "AY": _vowel((730, 1180, 2480), (400, 2000, 2650)),
    "AW": _vowel((730, 1180, 2480), (450, 980, 2350)),
    "OW": _vowel((530, 960, 2400), (360, 850, 2300)),
}

CONSONANTS = {
    "M": _voiced((270, 1000, 2150), 0.085, 0.60, nasal=True),
    "N": _voiced((280, 1550, 2450), 0.085, 0.60, nasal=True),
    "NG": _voiced((280, 1900, 2350), 0.095, 0.60, nasal=True),
    "L": _voiced((370, 1100, 2700), 0.065, 0.55),
    "R": _voiced((440, 1220, 1600), 0.100, 0.70),
    "W": _voiced((320, 700, 2250), 0.085, 0.50),
    "Y": _voiced((290, 2200, 2950), 0.065, 0.5),
    "V": _hiss((310, 1150, 2250), 0.070, 0.14, "f", 0.40),
    "DH": _hiss((320, 1450, 2500), 0.060, 0.14, "f", 0.40),
    "Z": _hiss((310, 1700, 2550), 0.090, 0.40, "s", 0.25),
    "S": _hiss((320, 1700, 2550), 0.110, 0.55, "s"),
    "SH": _hiss((320, 1800, 2450), 0.110, 0.55, "sh"),
    "F": _hiss((330, 1100, 2250), 0.090, 0.22, "f"),
    "TH": _hiss((330, 1450, 2500), 0.080, 0.20, "f"),
    "HH": (Gesture(None, 0.070, breath=4.0),),
    "P": _stop(LIPS, "p", 1.6, 0.030),
    "T": _stop(RIDGE, "t", 1.0, 0.035),
    "K": _stop(PALATE, "k", 1.8, 0.040),
    "B": _stop(LIPS, "p", 0.9, 0.0),
    "D": _stop(RIDGE, "t", 0.7, 0.0),
    "G": _stop(PALATE, "k", 1.3, 0.0),
    "CH": (Gesture(RIDGE, 0.045), Gesture(RIDGE, 0.080, noise=0.6, colour="sh")),
    "JH": (Gesture(RIDGE, 0.040, voice=0.2), Gesture(RIDGE, 0.055, 0.25, noise=0.45, colour="sh")),
}
