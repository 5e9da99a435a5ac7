"""A training as one page that can be kept, sent and printed: no request, no library, everything in it."""
