"""What a person holds: small values that know their weights."""
