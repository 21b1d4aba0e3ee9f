"""All knowledge about Zoom: REST client, OAuth server, app context, webhook signatures, endpoints, scopes, models."""
