"""What floating point finds: the nearest points of two classes, and the widest margin between them."""
