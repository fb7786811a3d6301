"""Write receipts of what was computed, and check them."""
