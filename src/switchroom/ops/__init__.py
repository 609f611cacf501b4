"""What an operator needs to run it safely."""
