"""Fill a workspace with the starter register or the demonstration."""
