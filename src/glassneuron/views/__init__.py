"""What a person sees: diagrams, figures, tours."""
