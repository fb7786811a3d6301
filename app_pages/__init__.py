"""Show the audit to its readers, one file a page."""
