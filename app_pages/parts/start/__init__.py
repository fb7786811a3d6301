"""Show what the start page is made of."""
