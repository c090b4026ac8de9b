"""A list of a programme against what is known: asked, answered by the worker, worked by people."""
