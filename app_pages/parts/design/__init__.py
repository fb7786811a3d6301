"""Parts of the page design."""
