"""Table 4: transfer to a second corpus, and what counts as active there."""
