"""Tokens: sealed, kept, renewed, given up."""
