"""The acts of the story, each a module: what is done to a line, and a look that it did happen."""
