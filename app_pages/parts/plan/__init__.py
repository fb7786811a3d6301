"""Parts of the page plan."""
