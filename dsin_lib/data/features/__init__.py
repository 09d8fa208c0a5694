"""What systems take in beside the patches, one file a feature; named and read by ``data.beside``.

A file has a function ``make`` of an aligned face at 224 px, its 68 landmarks on it and parameters
of its own; it returns an array whose shape and type are the same for every face.
"""
