"""Parts of the page Requests."""
