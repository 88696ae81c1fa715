"""The rules of the night: who sings when, what plays, and who may do what."""
