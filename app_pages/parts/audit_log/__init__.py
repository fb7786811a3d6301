"""Parts of the page council."""
