"""What wraps every request: CSRF, bodies, headers, compression, access log, the proxy's fast route."""
