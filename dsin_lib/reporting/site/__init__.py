"""From executed chapters to a site, and what of it is published."""
