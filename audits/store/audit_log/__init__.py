"""Keep the audit log: who did what and when, each entry linked to the one before."""
