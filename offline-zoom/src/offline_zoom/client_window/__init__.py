"""The page ``/client``: a Zoom client with the app in it."""
