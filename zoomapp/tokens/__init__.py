"""OAuth tokens of all users: give out, refresh, store, keep alive, revoke."""
