"""Choose the fixes that open most trips under a budget, and prove how good the choice is."""
