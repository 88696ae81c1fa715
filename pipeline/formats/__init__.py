"""How others write down the words of songs."""
