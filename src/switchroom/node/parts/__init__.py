"""The parts of a node, one file each; they are collected, nothing names them."""
