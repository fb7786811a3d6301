"""Lay out, open and guard the database that holds the record."""
