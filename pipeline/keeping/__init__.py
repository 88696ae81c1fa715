"""What keeps the library whole: folders that say what they are, files that are checked, the trash."""
