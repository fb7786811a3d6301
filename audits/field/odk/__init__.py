"""Bring home what phones sent through ODK and KoboToolbox: by file, by network, or straight to us."""
