"""Parts of the page register."""
