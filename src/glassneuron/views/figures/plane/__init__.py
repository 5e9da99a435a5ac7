"""What is drawn in the plane of two features, of a projection or of two hidden neurons."""
