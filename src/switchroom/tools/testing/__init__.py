"""``pytest-switchroom``: unit tests for dialplans."""
