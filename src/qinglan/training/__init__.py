"""A release becomes a run: the recipe, the batches, the trainer behind an adapter of ours."""
