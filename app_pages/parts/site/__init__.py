"""Parts of the page site."""
