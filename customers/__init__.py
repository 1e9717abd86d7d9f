"""Subscribers, their contracts, phones and services."""
