"""Parts of the page of reviews."""
