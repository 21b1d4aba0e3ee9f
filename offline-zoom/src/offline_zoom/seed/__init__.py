"""A world of your own from a TOML file: its fields, a reader that names wrong lines, and the story that it becomes."""
