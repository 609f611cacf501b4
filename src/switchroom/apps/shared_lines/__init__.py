"""SLAStation() and SLATrunk()."""
