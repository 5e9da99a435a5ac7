"""What neurons can and cannot learn."""
