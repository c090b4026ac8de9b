"""From rows and decisions to the bodies that people read, in their language."""
