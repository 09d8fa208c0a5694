"""One file or folder a chapter, named as its notebook: what no other chapter draws or computes."""
