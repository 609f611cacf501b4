"""Who is where: registrations of phones, and ours elsewhere."""
