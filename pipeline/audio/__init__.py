"""Sound: read from files, cut into chunks, measured, and played in any key and tempo."""
