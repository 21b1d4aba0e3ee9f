"""Files of cloud recordings, and their download links."""
