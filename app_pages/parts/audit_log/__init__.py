"""Parts of the page audit_log."""
