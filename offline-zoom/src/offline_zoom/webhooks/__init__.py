"""Webhook events: their JSON, and the sender that delivers them."""
