"""Channel drivers; each names the technology it speaks."""
