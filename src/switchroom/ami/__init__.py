"""The manager interface (AMI)."""
