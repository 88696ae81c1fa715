"""Songs found by words and narrowed by filters."""
