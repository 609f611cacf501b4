"""What is found out by listening to a call, and who may listen in."""
