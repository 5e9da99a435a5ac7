"""Side by side with peers: `make bench` prints the table."""
