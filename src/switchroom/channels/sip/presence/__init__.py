"""What phones are told of extensions and mailboxes."""
