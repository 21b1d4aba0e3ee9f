"""What is true of Zoom: REST client, OAuth server, app context, webhooks, endpoints, scopes."""
