"""Subscriptions: over graphql-transport-ws, from any process of the installation."""
