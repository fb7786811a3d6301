"""Parts of pages, a folder a page."""
