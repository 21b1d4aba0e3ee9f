"""Cloud recordings: the library, the download of a file, the CSV file."""
