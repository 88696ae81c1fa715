"""`python -m pipeline.demo FOLDER`: make the songs to try, and say the name of each file as it is whole."""

import sys
from pathlib import Path

from pipeline.demo import songs

for song in songs():
    sys.stdout.write(f"{song.write(Path(sys.argv[1]))}\n")
    sys.stdout.flush()
