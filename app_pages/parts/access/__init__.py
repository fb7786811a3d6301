"""Parts of the page access."""
