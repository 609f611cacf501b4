"""AGI: programs drive calls, over pipes (AGI, EAGI), TCP (FastAGI) or the manager interface."""
