"""The console at ``/``: one page that shows and changes the offline Zoom."""
