"""Collect surveys from the field, whichever channel they come by."""
