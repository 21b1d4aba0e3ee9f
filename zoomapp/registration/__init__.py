"""Registration for a meeting: who registered, who may come, who is added, and who came."""
