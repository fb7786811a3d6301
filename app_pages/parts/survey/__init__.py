"""Parts of the page survey."""
