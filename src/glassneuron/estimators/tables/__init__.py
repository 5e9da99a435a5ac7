"""Transformers of tables: from columns as people have them to features."""
