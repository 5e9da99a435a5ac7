"""What kept a training from learning: findings with their evidence and what to do."""
