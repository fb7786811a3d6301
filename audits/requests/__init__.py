"""Take in what residents ask for, find requests that ask for the same, and count what became of them."""
