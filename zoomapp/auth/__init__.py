"""Sign-in: authorization codes, pending sign-ins."""
