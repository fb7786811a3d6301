"""Keep surveys so that none is lost and none is altered unseen."""
