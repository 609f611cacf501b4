"""The commands, a file a subject; they are collected, nothing names them."""
