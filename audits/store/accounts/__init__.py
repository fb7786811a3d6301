"""Keep who may use the record and who is signed in."""
