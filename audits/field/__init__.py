"""Take in what comes from the field: tables of any town, read without guessing."""
