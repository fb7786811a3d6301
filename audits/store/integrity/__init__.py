"""Check that nothing in the record was altered."""
