"""Making corpora ready: the open corpus, and raw trees into stores."""
