"""Bridges: who talks with whom, and who hears whom."""
