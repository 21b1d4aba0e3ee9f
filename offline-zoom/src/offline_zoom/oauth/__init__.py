"""The OAuth server: its endpoints, its grants and its scopes."""
