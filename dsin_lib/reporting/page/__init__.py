"""How the book prints tables, figures, faces and the lines below them."""
