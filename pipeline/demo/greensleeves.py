"""Greensleeves: an old sad love song in a minor key. Words and tune of about 1580, in the public domain."""

from pipeline.demo.score import Score, chords, melody

INTRO_BARS = 2

MELODY = """
E4 1 A-              AX
G4 2 las,            L AE S
A4 1 my              M AY
B4+C5 1.5+.5 love,   L AH V
B4 1 you             Y UW
A4 2 do              D UW
F#4 1 me             M IY
D4+E4 1.5+.5 wrong   R AO NG

F#4 1 to             T UW
G4 2 cast            K AE S T
E4 1 me              M IY
E4+D#4 1.5+.5 off    AO F
E4 1 dis-            D IH S
F#4 2 cour-          K ER
D#4 1 teous-         T IY AX S
B3 1.5 ly,           L IY
.  .5

E4 1 and             AE N D
G4 2 I               AY
A4 1 have            HH AE V
B4+C5 1.5+.5 lov-    L AH
B4 1 ed              V EH D
A4 2 you             Y UW
F#4 1 so             S OW
D4+E4 1.5+.5 long,   L AO NG

F#4 1 de-            D IH
G4+F#4 1.5+.5 light- L AY T
E4 1 ing             IH NG
D#4+C#4 1.5+.5 in    IH N
D#4 1 your           Y AO R
E4 2 com-            K AH M
E4 1 pa-             P AX
E4 2.5 ny.           N IY
.  .5

D5 3 Green-          G R IY N
D5+C#5 1.5+.5 sleeves S L IY V Z
B4 1 was             W AX Z
A4 2 all             AO L
F#4 1 my             M AY
D4+E4+F#4 1.5+.5+.5 joy, JH AO IY
.  .5

G4 2 Green-          G R IY N
E4 1 sleeves         S L IY V Z
E4 1.5 was           W AX Z
D#4 .5 my            M AY
E4 1 de-             D IH
F#4+D#4 2+1 light,   L AY T
.  3

D5 3 Green-          G R IY N
D5 1.5 sleeves       S L IY V Z
C#5 .5 was           W AX Z
B4 1 my              M AY
A4 2 heart           HH AA R T
F#4 1 of             AX V
D4+E4 1.5+.5 gold,   G OW L D

F#4 1 and            AE N D
G4 1.5 who           HH UW
F#4 .5 but           B AX T
E4 1 my              M AY
D#4+C#4 1.5+.5 la-   L EY
D#4 1 dy             D IY
E4 3 Green-          G R IY N
E4 5 sleeves.        S L IY V Z
"""

CHORDS = """
Em Em
Em D Em B   Em D Em/B7 Em
G D Em B    G D Em/B7 Em
Em
"""

SCORE = Score(
    bpm=192.0,
    syllables=melody(MELODY, start=6.0 * INTRO_BARS - 1.0),
    chords=chords(CHORDS, bar=6.0),
)
