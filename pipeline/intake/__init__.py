"""How songs come in: what belongs together, what a file says of itself, folders that are watched."""
