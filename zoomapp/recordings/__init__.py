"""Cloud recordings: the library of a range of days."""
