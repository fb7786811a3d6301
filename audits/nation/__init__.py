"""Judge and score all municipalities of a country, a partition at a time."""
