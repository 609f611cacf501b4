"""Dial() and its like: calling somebody, and what is between the first ring and the talk."""
