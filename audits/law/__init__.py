"""Compare the limits of law with the Royal Gazette."""
