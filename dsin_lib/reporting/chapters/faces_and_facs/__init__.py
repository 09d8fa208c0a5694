"""The Action Units and the faces that show them."""
