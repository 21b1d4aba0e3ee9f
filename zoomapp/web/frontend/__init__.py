"""Another frontend, such as Zoom's React sample, served under our address."""
