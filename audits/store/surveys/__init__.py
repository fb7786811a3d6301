"""Take surveys in, hold what was refused, and read them back."""
