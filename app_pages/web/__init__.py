"""Serve the app over ASGI: sign-in, authorization, health and the endpoints of field devices."""
