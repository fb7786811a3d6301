"""Keep what everybody may send, apart from the record until a person of the office has read it."""
