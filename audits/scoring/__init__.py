"""Judge measurements by the criteria and score sites as intervals."""
