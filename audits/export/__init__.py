"""Write a record as files for other programs."""
