"""Ways to reach the offline Zoom: a server on a socket, and an adapter for ``requests``."""
