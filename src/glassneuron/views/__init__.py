"""What a person sees: text, diagrams, figures, the playground, notebooks, the terminal and reports."""
