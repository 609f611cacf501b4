"""FollowMe(): one person, many numbers."""
