"""Parts of the page reach."""
