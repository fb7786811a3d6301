"""Parts of the page works."""
