"""Daisy Bell: a merry waltz. Words and tune by Harry Dacre, 1892, in the public domain."""

from pipeline.demo.score import Score, chords, melody

KEY = -9  # from the G of the tables down to B flat, where a tenor is at home

INTRO_BARS = 2

MELODY = """
D5 3 Dai-     D EY
B4 3 sy,      Z IY
G4 3 Dai-     D EY
D4 3 sy,      Z IY

E4 1 give     G IH V
F#4 1 me      M IY
G4 1 your     Y AO R
E4 2 an-      AE N
G4 1 swer     S ER
D4 5 do,      D UW
.  1

A4 3 I'm      AY M
D5 3 half     HH AE F
B4 3 cra-     K R EY
G4 3 zy       Z IY

E4 1 all      AO L
F#4 1 for     F AO R
G4 1 the      DH AX
A4 2 love     L AH V
B4 1 of       AX V
A4 4 you.     Y UW
.  1

B4 1 It       IH T
C5 1 won't    W OW N T
B4 1 be       B IY
A4 1 a        AX
D5 2 sty-     S T AY
B4 1 lish     L IH SH
A4 1 mar-     M AE
G4 3 riage,   R IH JH
.  1

A4 1 I        AY
B4 2 can't    K AE N T
G4 1 af-      AX
E4 2 ford     F AO R D
G4 1 a        AX
E4 1 car-     K AE
D4 3 riage,   R IH JH
.  1

D4 1 But      B AH T
G4 2 you'll   Y UW L
B4 1 look     L UH K
A4 2 sweet    S W IY T
D4 1 up-      AX
G4 2 on       P AA N
B4 1 the      DH AX
A4 1 seat     S IY T

B4 1 of       AX V
C5 1 a        AX
D5 1 bi-      B AY
B4 1 cy-      S IH
G4 1 cle      K AX L
A4 2 built    B IH L T
D4 1 for      F AO R
G4 6 two!     T UW
"""

CHORDS = """
G D7
G G G G   C C G G   D7 G G Em   A7 A7 D D7
D7 G G G  G C G D7  G D7 G D7   G D7 G G
G
"""

SCORE = Score(
    bpm=186.0,
    syllables=melody(MELODY, start=3.0 * INTRO_BARS, transpose=KEY),
    chords=chords(CHORDS, bar=3.0, transpose=KEY),
)
