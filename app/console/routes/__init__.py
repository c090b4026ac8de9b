"""Pages, one module for each part of the work. ``PAGES`` lists path, method and what answers."""
