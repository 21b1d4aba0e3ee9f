"""Redis: the connection, key names, encryption, and the records kept there."""
