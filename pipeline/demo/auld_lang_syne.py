"""Auld Lang Syne: for the end of a good night. Words by Robert Burns, 1788, in the public domain."""

from pipeline.demo.score import Score, chords, melody

KEY = -10  # from the F of the tables down to G, for a strong tenor

INTRO_BARS = 2

MELODY = """
C4 1 Should       SH UH D
F4 1.5 auld       AO L D
F4 .5 ac-         AX
F4 1 quain-       K W EY N
A4 1 tance        T AX N S
G4 1.5 be         B IY
F4 .5 for-        F AO R
G4 1 got,         G AA T

A4 1 and          AE N D
F4 1.5 nev-       N EH
F4 .5 er          V ER
A4 1 brought      B R AO T
C5 1 to           T UW
D5 2.5 mind?      M AY N D
.  .5

D5 1 Should       SH UH D
C5 1.5 auld       AO L D
A4 .5 ac-         AX
A4 1 quain-       K W EY N
F4 1 tance        T AX N S
G4 1.5 be         B IY
F4 .5 for-        F AO R
G4 1 got,         G AA T

A4 1 and          AE N D
F4 1.5 days       D EY Z
D4 .5 of          AX V
D4 1 auld         AO L D
C4 1 lang         L AE NG
F4 2.5 syne?      S AY N
.  .5

D5 1 For          F AO R
C5+A4 1.5+.5 auld AO L D
A4+F4 1+1 lang    L AE NG
G4+F4 1.5+.5 syne, S AY N
G4 1 my           M AY
D5 1 dear,        D IY R

C5+A4 1.5+.5 for  F AO R
A4 1 auld         AO L D
C5 1 lang         L AE NG
D5 2.5 syne,      S AY N
.  .5

D5 1 we'll        W IY L
C5 1.5 take       T EY K
A4 .5 a           AX
A4 1 cup          K AH P
F4 1 of           AX V
G4 1.5 kind-      K AY N D
F4 .5 ness        N EH S
G4 1 yet,         Y EH T

A4 1 for          F AO R
F4+D4 1.5+.5 auld AO L D
D4+C4 1+1 lang    L AE NG
F4 5 syne.        S AY N
"""

CHORDS = """
F C7
F C7 F Bb   F C7 Bb/C7 F
F C7 F Bb   F C7 Bb/C7 F
F
"""

SCORE = Score(
    bpm=124.0,
    syllables=melody(MELODY, start=4.0 * INTRO_BARS - 1.0, transpose=KEY),
    chords=chords(CHORDS, bar=4.0, transpose=KEY),
)
