"""Parking policy."""
