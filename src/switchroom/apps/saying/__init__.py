"""The Say applications."""
