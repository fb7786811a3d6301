"""Ask the questions of the criteria in ODK Collect and KoboToolbox, and understand what comes back."""
